import { expect, test } from "vitest";
import type { Resource } from "../../api/fhir";
import { newestFirst, ofKind, seriesOf } from "./kinds";

const glucose = (id: string, at: string, unit = "mmol/L", status = "final"): Resource => ({
  resourceType: "Observation", id, status, code: { text: "空腹血糖", coding: [{ system: "http://loinc.org", code: "15074-8" }] }, effectiveDateTime: at, valueQuantity: { value: 5, unit },
});

test("the newest comes first and what has no date last", () => {
  const all = [glucose("a", "2024"), { resourceType: "Condition", id: "c" }, glucose("b", "2026-05-06")];
  expect(newestFirst(all).map((r) => r.id)).toEqual(["b", "a", "c"]);
});

test("everything is of one kind", () => {
  const all = [glucose("a", "2024"), { resourceType: "Flag", id: "f" }, { resourceType: "Patient", id: "p" }];
  expect([ofKind(all, "results").length, ofKind(all, "others").map((r) => r.id)]).toEqual([1, ["f"]]);
});

test("only what has the same code and unit is drawn together, mistakes never", () => {
  const [one, ...others] = seriesOf([glucose("a", "2025"), glucose("b", "2024"), glucose("c", "2023", "mg/dL"), glucose("d", "2026", "mmol/L", "entered-in-error")], "en");
  expect([one?.name, one?.unit, one?.results.map((r) => r.id), others]).toEqual(["空腹血糖", "mmol/L", ["b", "a"], []]);
});
