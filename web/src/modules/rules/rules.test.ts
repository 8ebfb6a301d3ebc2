import { expect, test } from "vitest";
import type { Parameters } from "../../api/parameters";
import { difference, within } from "./difference";
import { caseOf, daysOf, isRegion, type Line, regionOf, rulesOf, standingOf, valueOf } from "./rules";
import { bytesOf, isCSV, linesOf } from "./sheet";

const part = (name: string, part: NonNullable<Parameters["parameter"]>) => ({ name, part });
const string = (name: string, valueString: string) => ({ name, valueString });
const answer = {
  resourceType: "Parameters",
  parameter: [
    part("rule", [
      string("name", "a.b"), string("zh", "甲"), string("en", "A"), string("kind-zh", "工作日数"), string("kind-en", "working days"), string("edition", "2026-01"), { name: "sparse", valueBoolean: false },
      part("key", [string("name", "level"), string("zh", "级别"), string("en", "level"), part("code", [string("code", "1"), string("zh", "一级"), string("en", "first")])]),
      part("today", [string("key", "1"), string("value", "5"), string("source", "某法"), string("row", "a.b@2026-01/1")]),
      part("version", [string("name", "2026-02"), string("library", "a.b--2026-02"), string("state", "draft"), string("from", "2027-01-01"), { name: "rows", valueInteger: 3 }]),
    ]),
  ],
} as Parameters;

test("one of a kind in an answer is a list of one, and what is left out is empty", () => {
  const [rule] = rulesOf(answer);
  if (!rule) throw new Error("none");
  expect(rule.keys[0]?.codes).toEqual([{ code: "1", zh: "一级", en: "first" }]);
  expect(rule.today).toEqual([{ region: "", from: "", to: "", keys: ["1"], value: "5", source: "某法", row: "a.b@2026-01/1" }]);
  expect(rule.versions[0]).toMatchObject({ state: "draft", rows: 3, published: "", note: "" });
  expect([rule.rows, rule.about]).toEqual([[], ["", ""]]);
  expect([caseOf(rule, ["1"], "en"), caseOf(rule, ["9"], "en")]).toEqual(["first", "9"]);
  expect(valueOf(rule, "5", "zh-CN")).toBe("5 个工作日");
  expect(valueOf({ ...rule, kind: ["时长", "duration"], unit: "h" }, "24", "en")).toBe("24 h");
  expect(valueOf({ ...rule, kind: ["是否", "yes or no"] }, "no", "zh-CN")).toBe("否");
  expect(valueOf({ ...rule, codes: [{ code: "x", zh: "乙", en: "B" }] }, "x", "en")).toBe("B");
  expect(valueOf({ ...rule, kind: ["整数", "integer"], unit: "月" }, "3", "zh-CN")).toBe("3 月");
});

test("regions are told by their province, and only divisions are taken", () => {
  expect([regionOf("", "zh-CN"), regionOf("440000", "zh-CN"), regionOf("440106", "en")]).toEqual(["全国", "广东省", "Guangdong 440106"]);
  expect(["", "440106", "990000", "4401", "44010x"].map(isRegion)).toEqual([true, true, false, false, false]);
  expect([within("440106", "440100"), within("440106", "440000"), within("440106", ""), within("440200", "440100"), within("", "440000"), within("450106", "440000")]).toEqual([true, true, true, false, false, false]);
});

test("a row holds until the day before its end", () => {
  const row = { from: "2026-01-01", to: "2026-02-01" };
  expect(["2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01"].map((day) => standingOf(row, day))).toEqual(["coming", "now", "now", "over"]);
  expect(standingOf({ from: "", to: "" }, "2026-01-01")).toBe("now");
  expect([daysOf({ from: "", to: "" }, "en"), daysOf({ from: "2026-01-01", to: "" }, "zh-CN")]).toEqual(["always", "2026年1月1日 起"]);
});

const line = (over: Partial<Line> = {}): Line => ({ region: "", from: "2026-01-01", to: "", keys: [], value: "5", source: "s", ...over });

test("a draft is held against what stands, row by row", () => {
  const standing = [line(), line({ region: "440000", value: "3" }), line({ region: "440100", value: "2" })];
  expect(difference(standing, standing, "")).toEqual([]);
  expect(difference(standing, [line({ value: "6" }), line({ region: "440100", value: "2" }), line({ region: "450000", value: "9" })], "").map((c) => [c.kind, c.before?.value, c.after?.value])).toEqual([
    ["changed", "5", "6"], ["removed", "3", undefined], ["added", undefined, "9"],
  ]);
});

test("of a draft for a region only that region's rows are held against it", () => {
  const standing = [line(), line({ region: "440100", value: "2" }), line({ region: "450000", value: "7" })];
  expect(difference(standing, [line({ region: "440100", value: "4" })], "440000").map((c) => [c.kind, c.before?.value, c.after?.value])).toEqual([["changed", "2", "4"]]);
});

test("days that have moved are one change, and keys tell rows apart", () => {
  expect(difference([line()], [line({ from: "2026-03-01" })], "")).toEqual([{ kind: "changed", before: line(), after: line({ from: "2026-03-01" }) }]);
  expect(difference([line({ keys: ["1"] })], [line({ keys: ["2"] })], "").map((c) => c.kind).sort()).toEqual(["added", "removed"]);
});

test("the rows of a Library are read, with keys between days and value; what is none is told", () => {
  const data = btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify({ columns: ["region", "from", "to", "level", "value", "source"], rows: [["", "2026-01-01", "", "1", "5", "某法"]] }))));
  expect(linesOf({ resourceType: "Library", content: [{ data }] })).toEqual([line({ keys: ["1"], source: "某法" })]);
  expect([linesOf({ resourceType: "Library" }), linesOf({ resourceType: "Library", content: [{ data: "%" }] })]).toEqual([undefined, undefined]);
  expect([...bytesOf(btoa("ab"))]).toEqual([97, 98]);
  expect([isCSV("workday.CSV"), isCSV("rules.xlsx")]).toEqual([true, false]);
});
