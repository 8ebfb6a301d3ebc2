import { expect, test } from "vitest";
import { wrongIn } from "../../parts/form/values";
import { askedOf, exportAsks, exportFields, exportWrong, fileOf, lastDay, scopeOf } from "./exports";

const limits = { most: 1000, hours: 720 };
const now = new Date("2026-05-04T02:00:00Z");

const filled = {
  part: [{ type: "Observation", query: "Observation?code=glucose" }, { type: "Patient", query: "" }, { type: "", query: "" }],
  purpose: " 慢病统计 ", who: "own", institution: "Organization/health", name: "旧名", abroad: "false", assessment: "A-1", pia: "PIA-7", most: "500", until: "2026-05-20",
};

test("what is sent is what was asked for, and nothing that stands in a field that is not", () => {
  expect(askedOf(filled, limits, now)).toEqual({
    type: ["Observation", "Patient"], query: ["Observation?code=glucose"], purpose: "慢病统计", recipient: "Organization/health", abroad: false, assessment: undefined, pia: "PIA-7",
    most: 500, until: "2026-05-20T23:59:59+08:00",
  });
  expect(askedOf({ ...filled, who: "other", abroad: "true", most: "", until: "2026-06-03" }, limits, now)).toMatchObject({
    recipient: "旧名", assessment: "A-1", most: undefined, until: undefined, // the last day is as long as it may be
  });
  expect(askedOf({ ...filled, part: [{ type: "Patient", query: "" }] }, limits, now).query).toBeUndefined();
});

test("fields are asked for where they mean something", () => {
  const fields = exportFields(limits, ["Patient"], "zh-CN", now);
  const asked = (values: Record<string, string>) => fields.filter((f) => exportAsks(f, values)).map((f) => f.name).filter((n) => ["institution", "name", "assessment"].includes(n));
  expect([asked({}), asked({ who: "own", abroad: "true" }), asked({ who: "other" })]).toEqual([[], ["institution", "assessment"], ["name"]]);
  expect(Object.keys(wrongIn(fields.filter((f) => exportAsks(f, { who: "own" })), {}, "zh-CN")).sort()).toContain("pia");
});

test("types stand once, criteria name no residents, and the time is in bounds", () => {
  const wrong = (values: typeof filled) => Object.keys(exportWrong(values, limits, now, "en"));
  expect(wrong(filled)).toEqual([]);
  expect(wrong({ ...filled, part: [{ type: "Patient", query: "" }, { type: "Patient", query: "_id=1" }] })).toEqual(["part.1.type", "part.1.query"]);
  expect(wrong({ ...filled, part: [{ type: "Observation", query: "code=x&subject:Patient=1" }] })).toEqual(["part.0.query"]);
  expect([wrong({ ...filled, until: "2026-05-03" }), wrong({ ...filled, until: "2026-06-04" }), wrong({ ...filled, until: "2026-06-03" })]).toEqual([["until"], ["until"], []]);
  expect(lastDay(limits, now)).toBe("2026-06-03");
});

test("a part is told by its type in words, with its criteria", () => {
  expect(scopeOf("Immunization?status=completed&date=ge2026?", "zh-CN")).toEqual({ type: "预防接种", criteria: "status=completed&date=ge2026?" });
  expect(scopeOf("Patient", "zh-CN").criteria).toBe("");
});

test("a file is named after the request and the day", () => {
  expect(fileOf({ task: "Task/0199-abcdefgh" }, now)).toBe("export-abcdefgh-2026-05-04.ndjson");
});
