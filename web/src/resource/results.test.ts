import { expect, test } from "vitest";
import { Exact } from "./json/parse";
import { quantityOf, rangeOf, type Result, standingOf } from "./results";

const glucose = (value: number | Exact, more: Partial<Result> = {}): Result => ({
  resourceType: "Observation", valueQuantity: { value, unit: "mmol/L" }, referenceRange: [{ low: { value: 3.9, unit: "mmol/L" }, high: { value: new Exact("6.10"), unit: "mmol/L" } }], ...more,
});

test("quantities and ranges keep their digits", () => {
  expect(quantityOf({ value: new Exact("5.60"), unit: "mmol/L", comparator: "<" })).toBe("<5.60 mmol/L");
  expect(rangeOf(glucose(1).referenceRange?.[0])).toBe("3.9–6.10 mmol/L");
});

test("a result outside of its range is marked in words", () => {
  expect([7.1, 3.8, 6.1].map((v) => standingOf(glucose(v), "en")?.words)).toEqual(["↑ High", "↓ Low", "Normal"]);
});

test("what the writer says counts more, and nothing is said of other units, several ranges or none", () => {
  expect(standingOf(glucose(5, { interpretation: [{ coding: [{ code: "HH" }] }] }), "en")).toEqual({ words: "↑↑ Critically high", abnormal: true });
  expect(standingOf(glucose(130, { valueQuantity: { value: 130, unit: "mg/dL" } }), "en")).toBeUndefined();
  expect(standingOf(glucose(7, { referenceRange: [{ high: { value: 6 } }, { high: { value: 9 } }] }), "en")).toBeUndefined();
  expect(standingOf(glucose(7, { referenceRange: [{ text: "fasting" }] }), "en")).toBeUndefined();
});
