import { expect, test } from "vitest";
import { Problem } from "../../api/http";
import { refusedOf } from "./refused";
import { fieldsOf, type Schema } from "./schema";
import { blank, sentOf, wrongIn } from "./values";

const title = (zh: string, en: string) => ({ title: zh, "x-title-zh": zh, "x-title-en": en });

const schema: Schema = {
  type: "object",
  required: ["reason", "why", "who"],
  "x-order": ["reason", "why", "who", "grams", "times", "sure", "on", "at", "drug", "number", "medicine", "tag"],
  properties: {
    why: { type: "string", "x-bytes": 20, "x-value": "valueString", ...title("说明", "Explanation"), description: "In plain words." },
    reason: { type: "string", "x-value": "valueCode", ...title("理由", "Reason"), oneOf: [{ const: "kept", "x-title-zh": "依法", "x-title-en": "By law" }] },
    who: { type: "string", "x-value": "valueReference", "x-targets": ["PractitionerRole"], ...title("岗位", "Post") },
    grams: { type: "string", "x-value": "valueDecimal", ...title("克", "Grams") },
    times: { type: "integer", minimum: 1, maximum: 4, "x-value": "valueInteger", ...title("次数", "Times") },
    sure: { type: "boolean", "x-value": "valueBoolean", ...title("确定", "Sure") },
    on: { type: "string", "x-value": "valueDate", ...title("日期", "Day") },
    at: { type: "string", "x-value": "valueInstant", ...title("时间", "Time") },
    drug: { type: "object", "x-value": "valueCoding", ...title("药品", "Drug") },
    number: { type: "object", "x-value": "valueIdentifier", ...title("号码", "Number") },
    medicine: {
      type: "array", maxItems: 3, "x-value": "part", ...title("用药", "Medicine"),
      items: {
        type: "object", required: ["name"], "x-order": ["name", "dose"],
        properties: { name: { type: "string", "x-value": "valueString", ...title("名称", "Name") }, dose: { type: "integer", "x-value": "valueInteger", ...title("剂量", "Dose") } },
      },
    },
    tag: { type: "array", "x-value": "valueString", items: { type: "string" }, ...title("标签", "Tag") },
  },
};

const fields = fieldsOf(schema, "zh-CN");

test("a schema is read in its order, in the person's language", () => {
  expect(fields.map((f) => [f.name, f.kind])).toEqual([
    ["reason", "code"], ["why", "text"], ["who", "reference"], ["grams", "decimal"], ["times", "integer"], ["sure", "boolean"], ["on", "date"],
    ["at", "instant"], ["drug", "coding"], ["number", "identifier"], ["medicine", "part"], ["tag", "text"],
  ]);
  expect(fields[0]?.codes).toEqual([{ code: "kept", label: "依法" }]);
  expect(fields[1]).toMatchObject({ label: "说明", required: true, bytes: 20, doc: "" });
  expect(fieldsOf(schema, "en")[1]).toMatchObject({ label: "Explanation", doc: "In plain words." });
  expect(fields[2]?.targets).toEqual(["PractitionerRole"]);
  expect(fields[10]).toMatchObject({ many: true, most: 3 });
});

test("what was typed becomes Parameters: every kind by its member, empty fields left out, digits kept", () => {
  const { parameters } = sentOf(fields, {
    ...blank(fields), reason: "kept", why: " so ", who: "PractitionerRole/a", grams: "1.00", times: "2", sure: "false", on: "2026-05-06", at: "2026-05-06T08:30",
    drug: { system: "urn:x", code: "c", display: "" }, number: { value: "7" }, medicine: [{ name: "阿司匹林", dose: "" }, { name: "", dose: "" }], tag: ["a", "", "b"],
  });
  expect(parameters.parameter).toMatchObject([
    { name: "reason", valueCode: "kept" }, { name: "why", valueString: "so" }, { name: "who", valueReference: { reference: "PractitionerRole/a" } },
    { name: "grams" }, { name: "times", valueInteger: 2 }, { name: "sure", valueBoolean: false }, { name: "on", valueDate: "2026-05-06" },
    { name: "at", valueInstant: "2026-05-06T08:30:00+08:00" }, { name: "drug", valueCoding: { system: "urn:x", code: "c" } },
    { name: "number", valueIdentifier: { value: "7" } }, { name: "medicine", part: [{ name: "name", valueString: "阿司匹林" }] },
    { name: "tag", valueString: "a" }, { name: "tag", valueString: "b" },
  ]);
  expect(JSON.stringify(parameters)).toContain("rawJSON" in JSON ? '"valueDecimal":1.00' : '"valueDecimal":1');
  expect(sentOf(fields, blank(fields)).parameters).toEqual({ resourceType: "Parameters" });
});

test("what is wrong is found before it is sent", () => {
  const filled = { ...blank(fields), reason: "kept", why: "因为如此而且不止", who: "PractitionerRole/a", grams: "1,5", times: "9", on: "2026-05", drug: { system: "x" }, medicine: [{ name: "", dose: "x" }] };
  expect(Object.keys(wrongIn(fields, filled, "zh-CN")).sort()).toEqual(["drug", "grams", "medicine.0.dose", "medicine.0.name", "on", "times", "why"]);
  expect(Object.keys(wrongIn(fields, blank(fields), "zh-CN"))).toEqual(["reason", "why", "who"]);
});

test("what the server refuses stands at its field, and the rest is told as well", () => {
  const { places } = sentOf(fields, { ...blank(fields), reason: "kept", why: "x", medicine: [{ name: "a", dose: "9" }] });
  const issue = (text: string, ...expression: string[]) => ({ severity: "error", text, expression });
  const problem = new Problem(400, "4 things", [
    issue("It is too long. 太长。", "Parameters.parameter[1].resource.parameter[1].valueString"),
    issue("Bad dose.", "Parameters.parameter[1].resource.parameter[2].part[1].valueInteger"),
    issue("缺少参数 who（岗位）。", "Parameters.parameter[1].resource"),
    issue("Whose?", "Parameters.parameter[0]"),
  ]);
  expect(refusedOf(problem, fields, places, "zh-CN")).toEqual({
    fields: { why: "太长。", "medicine.0.dose": "Bad dose.", who: "缺少参数 who（岗位）。" },
    rest: ["Whose?"],
  });
  const ofRule = new Problem(422, "", [issue("Not within the hours.", "Parameters.parameter.where(name = 'why')"), issue("No.", "Parameters.parameter.where(name = 'x')")]);
  expect(refusedOf(ofRule, fields, places, "en")).toEqual({ fields: { why: "Not within the hours." }, rest: ["No."] });
  expect(refusedOf(new Problem(409, "Somebody was quicker."), fields, places, "en")).toEqual({ fields: {}, rest: ["Somebody was quicker."] });
});
