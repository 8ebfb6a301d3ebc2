import { expect, test } from "vitest";
import { parse } from "../../resource/json/parse";
import { lineOf } from "./lines";

const root = parse(`{
  "resourceType": "Observation",
  "status": "finale",
  "_status": {"extension": []},
  "code": {
    "coding": [
      {"system": "s", "code": "a"},
      {
        "code": "b"
      }
    ]
  },
  "valueQuantity": {
    "value": 5.60
  },
  "contained": [{"resourceType": "Patient",
    "gender": "x"}]
}`);

test("an expression leads to the line of its value", () => {
  const lines = ["Observation", "Observation.status", "Observation.code.coding[1].code", "Observation.code.coding[0].code", "Observation.contained[0].gender"].map((e) => lineOf(root, e));
  expect(lines).toEqual([1, 3, 9, 7, 17]);
});

test("a choice is found by either of its names", () => {
  expect(["Observation.value.value", "Observation.valueQuantity.value", "Observation.value.ofType(Quantity).value"].map((e) => lineOf(root, e))).toEqual([14, 14, 14]);
});

test("what is not there is told at what it would stand in", () => {
  expect(["Observation.subject", "Observation.code.text", "Observation.code.coding[7].code", "Observation.code.where(x)"].map((e) => lineOf(root, e))).toEqual([1, 5, 6, 5]);
});
