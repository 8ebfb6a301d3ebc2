import { expect, test } from "vitest";
import { baseOf, elementOf, typeOf } from ".";

test("elements are called by what they are, whatever the type of their value", () => {
  expect(baseOf("valueQuantity")).toBe("value");
  expect(baseOf("recordedDate")).toBe("recordedDate");
  expect(elementOf("Observation.valueCodeableConcept", "zh-CN")).toBe("结果");
  expect(elementOf("Observation.effectiveDateTime", "en")).toBe("When");
});

test("one type calls an element otherwise than others", () => {
  expect(elementOf("Patient.name", "zh-CN")).toBe("姓名");
  expect(elementOf("Organization.name", "zh-CN")).toBe("名称");
});

test("what has no label is its name in words", () => {
  expect(elementOf("Specimen.parentSample", "en")).toBe("Parent sample");
  expect(typeOf("MolecularSequence", "zh-CN")).toBe("Molecular sequence");
});
