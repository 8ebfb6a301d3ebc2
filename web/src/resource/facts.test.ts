import { expect, test } from "vitest";
import { factsOf } from "./facts";

test("a resource is told by a few facts, and by none that it has not", () => {
  const glucose = { resourceType: "Observation", status: "final", effectiveDateTime: "2026-05-06", valueQuantity: { value: 7.2, unit: "mmol/L" }, referenceRange: [{ low: { value: 3.9 }, high: { value: 6.1, unit: "mmol/L" } }] };
  expect(factsOf(glucose, "zh-CN").map((f) => f.value)).toEqual(["7.2 mmol/L", "3.9–6.1 mmol/L", "2026年5月6日"]);
  expect(factsOf({ resourceType: "Patient", gender: "female", birthDate: "1980-02-03" }, "en").map((f) => f.value)).toEqual(["Female", "3 February 1980"]);
});
