import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MenuButton } from "./MenuButton";

const chosen = vi.fn();

beforeEach(() => {
  chosen.mockClear();
  render(
    <>
      <MenuButton face="me">
        <button role="menuitem" onClick={() => chosen("one")}>one</button>
        <button role="menuitem" onClick={() => chosen("two")}>two</button>
      </MenuButton>
      <input aria-label="elsewhere" />
    </>,
  );
});

afterEach(cleanup);

const button = () => screen.getByText("me");
const focused = () => document.activeElement?.textContent;
const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });

test("arrows, Home and End go round; Esc leads back to the button", () => {
  fireEvent.click(button());
  expect([focused(), button().getAttribute("aria-expanded")]).toEqual(["one", "true"]);
  for (const [key, at] of [["ArrowDown", "two"], ["ArrowDown", "one"], ["ArrowUp", "two"], ["Home", "one"], ["End", "two"]] as const) {
    press(key);
    expect(focused(), key).toBe(at);
  }
  press("Escape");
  expect([focused(), screen.queryByRole("menu")]).toEqual(["me", null]);
  press("ArrowDown");
  expect(focused()).toBe("one");
});

test("what is chosen closes it, and so does whatever is done elsewhere", () => {
  fireEvent.click(button());
  fireEvent.click(screen.getByText("two"));
  expect([chosen.mock.calls, screen.queryByRole("menu"), focused()]).toEqual([[["two"]], null, "me"]);
  fireEvent.click(button());
  fireEvent.pointerDown(screen.getByLabelText("elsewhere"));
  expect(screen.queryByRole("menu")).toBeNull();
  fireEvent.click(button());
  screen.getByLabelText("elsewhere").focus();
  fireEvent.focusIn(screen.getByLabelText("elsewhere"));
  expect([screen.queryByRole("menu"), document.activeElement?.tagName]).toEqual([null, "INPUT"]);
});
