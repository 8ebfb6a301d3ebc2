import { expect, test } from "vitest";
import { Exact, NotJSON, parse, print } from "./parse";

const text = `{
  "resourceType": "Observation",
  "code": {"coding": [
    {"code": "a"},
    {"code": "b"}
  ]},
  "valueQuantity": {"value": 5.60, "unit": "mmol/L"}, "n": [1, -2e3, true, null]
}`;

test("what is read keeps the digits of its numbers, and prints what JSON.parse reads alike", () => {
  const value = parse(text).value as { valueQuantity: { value: unknown } };
  expect(value.valueQuantity.value).toEqual(new Exact("5.60"));
  expect(print(value)).toContain('"value": 5.60');
  expect(JSON.parse(print(value))).toEqual(JSON.parse(text));
});

test("every place has its line", () => {
  const root = parse(text);
  const codings = root.members?.get("code")?.members?.get("coding");
  expect([root.line, codings?.line, codings?.items?.[1]?.line, root.members?.get("n")?.line]).toEqual([1, 3, 5, 7]);
});

test("what is no JSON is refused with the line where it goes wrong", () => {
  const lineOf = (wrong: string) => {
    try {
      parse(wrong);
    } catch (error) {
      return error instanceof NotJSON ? error.line : -1;
    }
    return 0;
  };
  expect(lineOf('{\n"a": 1,\n}')).toBe(3);
  expect(lineOf('{\n"a": 1\n"b": 2}')).toBe(3);
  expect(lineOf('{"a": 01}')).toBe(1);
  expect(lineOf("{}\n x")).toBe(2);
  expect(lineOf("")).toBe(1);
  expect(lineOf("[".repeat(300))).toBe(1);
  expect(lineOf('{"__proto__": {"a": 1}}')).toBe(0);
});
