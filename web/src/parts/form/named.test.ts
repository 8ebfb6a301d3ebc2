import { expect, test } from "vitest";
import { Problem } from "../../api/http";
import { fieldOf, refusedAt } from "./named";

const fields = [fieldOf("name", "名称"), fieldOf("redirects", "回调地址", { many: true })];
const issue = (text: string, ...expression: string[]) => ({ severity: "error", text, expression });

test("a refusal stands at the field that it names, in the reader's language", () => {
  const refused = new Problem(422, "", [issue("Another account has this name. 已有其他账户使用此项。", "name")]);
  expect(refusedAt(refused, fields, "zh-CN")).toEqual({ fields: { name: "已有其他账户使用此项。" }, rest: [] });
  expect(refusedAt(refused, fields, "en").fields["name"]).toBe("Another account has this name.");
});

test("of a list, it stands at the first value; of several fields, at the first that there is", () => {
  expect(refusedAt(new Problem(422, "", [issue("x", "redirects")]), fields, "en").fields).toEqual({ "redirects.0": "x" });
  expect(refusedAt(new Problem(422, "", [issue("x", "until", "name")]), fields, "en").fields).toEqual({ name: "x" });
});

test("what is about no field of the form is told above it, never lost", () => {
  expect(refusedAt(new Problem(403, "Ask a colleague."), fields, "en")).toEqual({ fields: {}, rest: ["Ask a colleague."] });
  expect(refusedAt(new Problem(422, "m", [issue("about the role", "role")]), fields, "en")).toEqual({ fields: {}, rest: ["about the role"] });
  expect(refusedAt(new Problem(0, ""), fields, "en").rest).toHaveLength(1);
  expect(refusedAt(null, fields, "en")).toEqual({ fields: {}, rest: [] });
});
