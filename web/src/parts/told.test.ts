import { expect, test } from "vitest";
import { Problem } from "../api/http";
import { inLanguage, told } from "./told";

test("of what is said in both languages one is shown", () => {
  const both = "The record Observation/1 has not been changed. Change it first. 记录尚未修改，请先更正记录。";
  expect(inLanguage(both, "zh-CN")).toBe("记录尚未修改，请先更正记录。");
  expect(inLanguage(both, "en")).toBe("The record Observation/1 has not been changed. Change it first.");
  expect(inLanguage("缺少参数 wrong（哪里不对）。", "en")).toBe("缺少参数 wrong（哪里不对）。");
  expect(inLanguage("The case is refused (不予更正) since today.", "zh-CN")).toBe("The case is refused (不予更正) since today.");
});

test("where there was no answer, and no words, it is said what to do", () => {
  expect(told(new Problem(0, ""), "en")).toMatch(/cannot be reached/);
  expect(told(new Problem(502, ""), "zh-CN")).toMatch(/请重试/);
  expect(told(new Error("x is undefined"), "zh-CN")).not.toMatch(/undefined/);
});
