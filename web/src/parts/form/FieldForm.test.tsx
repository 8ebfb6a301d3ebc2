import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { App } from "antd";
import { afterEach, expect, test } from "vitest";
import { WhoProvider } from "../../app/session";
import { FieldForm } from "./FieldForm";
import { fieldOf } from "./named";

afterEach(cleanup);

test("whoever sends goes to what is wrong first, and stays where they type as they mend it", () => {
  const sent: unknown[] = [];
  const fields = [fieldOf("one", "One", { required: true }), fieldOf("two", "Two", { required: true })];
  render(
    <WhoProvider who={{ signed: true, language: "en", large: false, zone: "Asia/Shanghai" }}>
      <App><FieldForm fields={fields} name="test" send="Send" busy={false} error={null} onSend={(values) => sent.push(values)} /></App>
    </WhoProvider>,
  );
  const [one, two] = screen.getAllByRole<HTMLInputElement>("textbox");
  if (!one || !two) throw new Error("fields are missing");
  const form = one.closest("form") as HTMLFormElement;
  fireEvent.submit(form);
  expect(document.activeElement).toBe(one);
  two.focus();
  fireEvent.change(two, { target: { value: "b" } });
  expect(document.activeElement).toBe(two);
  expect(sent).toEqual([]);
  fireEvent.change(one, { target: { value: "a" } });
  fireEvent.submit(form);
  expect(sent).toEqual([{ one: "a", two: "b" }]);
});
