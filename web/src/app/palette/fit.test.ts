import { expect, test } from "vitest";
import { places } from "../places";
import { fit, fitting, plain } from "./fit";
import { initial, initialsAt } from "./initials";

const all = places.filter((p) => !p.path.includes(":")).map((p) => ({ ...p, by: [...p.words, p.path] }));
const found = (typed: string) => fitting(all, typed).map((p) => p.path);

test("the letter of a character's pinyin is known by the order of Chinese", () => {
  expect([..."安不从大额飞高好家看来买你欧平请人事他我小一在"].map(initial).join("")).toBe("abcdefghjklmnopqrstwxyz");
  expect([..."阿座"].map(initial).join("")).toBe("az");
  expect(initial("，")).toBe("");
});

test("initials are one letter for each character, and some characters have two", () => {
  expect(initialsAt("wdsx", "我的事项")).toBe(0);
  expect(initialsAt("da", "我的档案")).toBe(2);
  expect([initialsAt("sjjy", "数据校验"), initialsAt("sjxy", "数据校验")]).toEqual([0, 0]);
  expect(initialsAt("wdsxa", "我的事项")).toBe(-1);
});

test("places are found in Chinese, in English, by initials and by their path", () => {
  expect(found("待办")).toEqual(["inbox"]);
  expect(found("db")[0]).toBe("inbox");
  expect(found("INBOX")).toEqual(["inbox"]);
  expect(found("ｉｎｂｏｘ")).toEqual(["inbox"]);
  expect(found("who look")).toEqual(["looked"]);
  expect(found("我的")).toEqual(["matters", "booking/visits", "waiting", "card", "record", "room"]);
  expect(found("zzz")).toEqual([]);
});

test("what fits better comes first", () => {
  expect(fit(plain("  My  Record "), ["My record"])).toBeGreaterThan(fit("record", ["My record"]));
  expect(fit("rec", ["My record"])).toBeGreaterThan(fit("cord", ["My record"]));
  expect(fit("wd", ["我的档案"])).toBeGreaterThan(fit("da", ["我的档案"]));
});
