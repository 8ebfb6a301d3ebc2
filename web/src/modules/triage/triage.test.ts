import { describe, expect, it } from "vitest";
import { asksPregnancy, type Choices, type Complaint, concerns, fitting, inLanguage, nextOf, type Question } from "./triage";

const complaint = (code: string, search: string, whose?: string): Complaint => ({ code, group: "whole", zh: code, en: code, search, ...(whose && { whose }) });
const fever = complaint("fever", "发烧 fashao fs 发热 fare fr");
const period = complaint("period", "月经不调 yuejingbutiao yjbt", "female");
const growth = complaint("child-grow", "生长发育 shengzhangfayu szfy", "child");
const all = { complaint: [growth, period, fever], "child-below": 168 };
const question = (sign: string, first = false): Question => ({ sign, zh: sign, en: sign, first });

describe("choosing a complaint", () => {
  it("finds it by pinyin, and what begins with it first", () => {
    expect(fitting(all, " FS ", {}).map((c) => c.code)).toEqual(["fever"]);
    expect(fitting(all, "fa", {}).map((c) => c.code)).toEqual(["fever", "child-grow"]);
    expect(fitting(all, "没有", {})).toEqual([]);
  });
  it("leaves out what is not of the person", () => {
    expect(fitting(all, "", { months: 400, sex: "male" }).map((c) => c.code)).toEqual(["fever"]);
    expect(concerns(period, { sex: "unknown" }, 168)).toBe(true);
    expect(concerns(growth, { months: 167 }, 168)).toBe(true);
    expect(concerns(growth, { months: 168 }, 168)).toBe(false);
  });
});

describe("what is asked", () => {
  it("asks for a pregnancy only where there can be one, and once", () => {
    const of = { "pregnancy-from": 132, "pregnancy-to": 660 } as Choices;
    expect(asksPregnancy(of, { months: 360, sex: "female" })).toBe(true);
    expect(asksPregnancy(of, { months: 360, sex: "unknown" })).toBe(true);
    expect(asksPregnancy(of, { months: 360, sex: "female", pregnant: false })).toBe(false);
    expect(asksPregnancy(of, { months: 360, sex: "male" })).toBe(false);
    expect(asksPregnancy(of, { months: 700, sex: "female" })).toBe(false);
  });
  it("shows the first questions together, then one at a time", () => {
    const of = [question("a", true), question("b", true), question("c"), question("d")];
    expect(nextOf(of, {})).toMatchObject({ together: [{ sign: "a" }, { sign: "b" }], one: undefined, left: 4 });
    expect(nextOf(of, { a: "no", b: "no" })).toMatchObject({ together: [], one: { sign: "c" }, left: 2 });
    expect(nextOf(of, { a: "no", b: "no", c: "unsure", d: "no" })).toMatchObject({ one: undefined, left: 0 });
  });
  it("speaks the language", () => {
    expect(inLanguage({ zh: "发烧", en: "Fever" }, "en")).toBe("Fever");
    expect(inLanguage({ zh: "发烧", en: "Fever" }, "zh-CN")).toBe("发烧");
  });
});
