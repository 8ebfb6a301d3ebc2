import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WhoProvider } from "../app/session";
import { Toasts } from "./Toasts";
import { toast } from "./toasts";
import { words } from "./words";

beforeEach(() => {
  vi.useFakeTimers();
  render(
    <WhoProvider who={{ signed: true, language: "zh-CN", large: false, zone: "Asia/Shanghai" }}>
      <MemoryRouter><Toasts /></MemoryRouter>
    </WhoProvider>,
  );
});

afterEach(() => {
  act(() => vi.runAllTimers());
  cleanup();
  vi.useRealTimers();
});

const shown = () => [...screen.getByRole("status").children].map((c) => c.textContent);
const wait = (seconds: number) => act(() => vi.advanceTimersByTime(seconds * 1000));

test("what is told goes by itself, but not while somebody points at it", () => {
  act(() => toast("success", "done"));
  wait(4);
  expect(shown()).toEqual(["done"]);
  fireEvent.pointerEnter(screen.getByText("done"));
  wait(60);
  expect(shown()).toEqual(["done"]);
  fireEvent.pointerLeave(screen.getByText("done"));
  wait(6);
  expect(shown()).toEqual([]);
});

test("three are told at once, none twice; one leads to what it is about, and can be closed", () => {
  act(() => ["a", "b", "b", "c", "d"].forEach((title) => toast("info", title, { text: "!", to: "/cases/1" })));
  expect(shown()).toEqual(["b!", "c!", "d!"]);
  expect(screen.getByText("c").getAttribute("href")).toBe("/cases/1");
  fireEvent.click(screen.getByText("c"));
  expect(shown()).toEqual(["b!", "d!"]);
  fireEvent.click(screen.getAllByLabelText(words.close[0])[0] as HTMLElement);
  expect(shown()).toEqual(["d!"]);
});
