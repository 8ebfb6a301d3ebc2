import { expect, test } from "vitest";
import { Problem } from "../../api/http";
import { cardOf, type Found } from "./find";
import { understand } from "./understand";

const by = understand("110101198405061236")!;
const found = (n: number): Found => ({ residents: Array.from({ length: n }, () => ({ resourceType: "Patient" })), next: "", by });

test("a card stands for somebody only where nobody is found by it, or nobody may be looked for", () => {
  expect(cardOf({ data: found(0), error: null, variables: { by } })).toBe(by.value);
  expect(cardOf({ data: undefined, error: new Problem(403, "hidden"), variables: { by } })).toBe(by.value);
  expect(cardOf({ data: found(1), error: null, variables: { by } })).toBe("");
  expect(cardOf({ data: undefined, error: new Problem(500, "failed"), variables: { by } })).toBe("");
  expect(cardOf({ data: undefined, error: null, variables: { by } })).toBe("");
  expect(cardOf({ data: found(0), error: null, variables: { by: understand("李晓明")! } })).toBe("");
  expect(cardOf({ data: undefined, error: null, variables: undefined })).toBe("");
});
