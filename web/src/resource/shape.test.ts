import { expect, test } from "vitest";
import { elementsOf, shapeOf } from "./shape";
import { Exact } from "./json/parse";

test("values are told by their members", () => {
  const shapes = [
    [{ coding: [{ code: "a" }] }, "code", "concept"], [{ value: new Exact("5.60"), unit: "mmol/L" }, "valueQuantity", "quantity"], [{ system: "urn:oid:1", value: "2" }, "identifier", "identifier"],
    [{ system: "phone", value: "1" }, "telecom", "contact"], [{ system: "s", code: "c" }, "class", "coding"], [{ reference: "Patient/a" }, "subject", "reference"],
    [{ start: "2026" }, "period", "period"], [{ text: "李", family: "李" }, "name", "name"], [{ text: "x", time: "2026-01-01" }, "note", "annotation"],
    [{ low: { value: 1 }, text: "x" }, "referenceRange", "parts"], ["2026-05-06", "birthDate", "date"], ["final", "status", "code"], ["final", "conclusionText", "text"], [true, "active", "boolean"],
    [{ data: "aGk=", contentType: "text/plain" }, "photo", "attachment"], [{ resourceType: "Patient" }, "contained", "resource"],
  ] as const;
  expect(shapes.map(([value, name]) => shapeOf(value, name))).toEqual(shapes.map(([, , shape]) => shape));
});

test("key facts come first, what all resources have stays apart", () => {
  const names = elementsOf({ resourceType: "Observation", id: "a", meta: {}, status: "final", issued: "x", valueQuantity: {}, code: {}, extension: [] }, "Observation", ["code", "value"]).map(([n]) => n);
  expect(names).toEqual(["code", "valueQuantity", "status", "issued"]);
});
