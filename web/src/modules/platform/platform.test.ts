import { expect, test } from "vitest";
import { countOf, grouped, type Part } from "./platform";

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
