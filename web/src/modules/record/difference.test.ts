import { expect, test } from "vitest";
import { difference } from "./difference";
import { Exact } from "../../resource/json/parse";

test("what was added, removed and changed is told by its place", () => {
  const before = { resourceType: "Observation", id: "a", meta: { versionId: "1" }, status: "final", valueQuantity: { value: 5.6, unit: "mmol/L" }, issued: "x" };
  const after = { resourceType: "Observation", id: "a", meta: { versionId: "2" }, status: "amended", valueQuantity: { unit: "mmol/L", value: 6.6 }, note: [{ text: "n" }] };
  expect(difference(before, after)).toEqual([
    { path: "status", kind: "changed", before: "final", after: "amended" },
    { path: "valueQuantity", kind: "changed", before: before.valueQuantity, after: after.valueQuantity },
    { path: "note", kind: "added", after: [{ text: "n" }] },
    { path: "issued", kind: "removed", before: "x" },
  ]);
});

test("items of lists are the same wherever they stand", () => {
  const list = (...codes: string[]) => ({ category: codes.map((text) => ({ code: { text, x: 1 } })) });
  expect(difference(list("a", "b"), list("c", "a", "b"))).toEqual([{ path: "category[0]", kind: "added", after: { code: { text: "c", x: 1 } } }]);
  expect(difference(list("a", "b"), list("b", "c"))).toEqual([{ path: "category[1].code.text", kind: "changed", before: "a", after: "c" }]);
  expect(difference(list("a"), list("a"))).toEqual([]);
});

test("digits and labels count, which version it is does not", () => {
  expect(difference({ v: new Exact("5.60") }, { v: 5.6 })).toHaveLength(1);
  expect(difference({ v: new Exact("5.60") }, { v: new Exact("5.60") })).toEqual([]);
  const labelled = (code: string) => ({ meta: { versionId: code, security: [{ code }] } });
  expect(difference(labelled("R"), labelled("V"))).toEqual([{ path: "meta.security[0]", kind: "changed", before: { code: "R" }, after: { code: "V" } }]);
});
