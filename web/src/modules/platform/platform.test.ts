import { expect, test } from "vitest";
import { countOf, grouped, healthOf, narrowed, type Part, type Setting } from "./platform";

test("a part has a list of facts, also where there is one or none", () => {
  const part = (name: string, ...facts: string[]) => ({
    name: "part",
    part: [{ name: "name", valueString: name }, ...facts.map((words) => ({ name: "fact", part: [{ name: "words", valueString: words }] }))],
  });
  const health = healthOf({ resourceType: "Parameters", parameter: [part("a"), part("b", "x"), part("c", "x", "y")] });
  expect(health.part.map((p) => p.fact.map((f) => f.words))).toEqual([[], ["x"], ["x", "y"]]);
  expect(healthOf({ resourceType: "Parameters" }).part).toEqual([]);
});

test("the group with the worst part comes first, and in each the worst part", () => {
  const part = (group: Part["group"], name: string, state: Part["state"]): Part => ({ group, name, state, words: name, since: "", fact: [] });
  const groups = grouped([
    part("record", "database", "ok"), part("work", "servers", "ok"), part("work", "jobs", "warn"), part("trail", "trail", "down"), part("record", "clock", "ok"),
  ]);
  expect(groups.map((g) => [g.group, g.parts.map((p) => p.name)])).toEqual([
    ["trail", ["trail"]], ["work", ["jobs", "servers"]], ["record", ["database", "clock"]],
  ]);
});

test("jobs are counted by state, whatever their kinds", () => {
  const piles = [{ kind: "a", state: "dead" as const, count: 2 }, { kind: "b", state: "dead" as const, count: 3 }, { kind: "b", state: "waiting" as const, count: 7 }];
  expect([countOf(piles, "dead"), countOf(piles, "running")]).toEqual([5, 0]);
});

test("settings are found by name, variable, value and what they do, all words of what was typed", () => {
  const setting = (name: string, more: Partial<Setting> = {}): Setting => ({ name, secret: false, set: false, from: "default", help: "", ...more });
  const all = [
    setting("mail-host", { help: "Host of the mail server" }),
    setting("addr", { variable: "YITONG_ADDR", value: "127.0.0.1:80", from: "flag" }),
    setting("db", { secret: true, set: true, from: "environment" }),
  ];
  const names = (typed: string, changed = false) => narrowed(all, typed, changed).map((s) => s.name);
  expect(names("")).toEqual(["mail-host", "addr", "db"]);
  expect(names(" Server MAIL ")).toEqual(["mail-host"]);
  expect(names("yitong_addr")).toEqual(["addr"]);
  expect(names("127.0")).toEqual(["addr"]);
  expect(names("", true)).toEqual(["addr", "db"]);
  expect(names("mail", true)).toEqual([]);
});
