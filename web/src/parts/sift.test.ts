import { describe, expect, test } from "vitest";
import { asItComes, type Cell, sift, valuesOf } from "./sift";

interface Job {
  kind: string;
  tries: number;
  who: string;
}

const jobs: Job[] = [
  { kind: "通知", tries: 10, who: "赵" },
  { kind: "订阅", tries: 9, who: "钱" },
  { kind: "通知", tries: 2, who: "孙" },
];

const cells: Cell<Job>[] = [
  { key: "kind", text: (j) => j.kind, few: true },
  { key: "tries", text: (j) => String(j.tries), order: (j) => j.tries },
  { key: "who", text: (j) => j.who },
];

const tries = (rows: Job[]) => rows.map((j) => j.tries);

describe("sift", () => {
  test("leaves the order as it came, and what it was given", () => {
    const before = [...jobs];
    expect(tries(sift(jobs, cells, asItComes, "", "zh-CN"))).toEqual([10, 9, 2]);
    sift(jobs, cells, { sort: "tries", only: {} }, "", "zh-CN");
    expect(jobs).toEqual(before);
  });
  test("sorts numbers as numbers, both ways", () => {
    expect(tries(sift(jobs, cells, { sort: "tries", only: {} }, "", "zh-CN"))).toEqual([2, 9, 10]);
    expect(tries(sift(jobs, cells, { sort: "-tries", only: {} }, "", "zh-CN"))).toEqual([10, 9, 2]);
  });
  test("shows what was chosen, and nothing chosen is all", () => {
    expect(tries(sift(jobs, cells, { sort: "", only: { kind: ["通知"] } }, "", "zh-CN"))).toEqual([10, 2]);
    expect(tries(sift(jobs, cells, { sort: "", only: { kind: [] } }, "", "zh-CN"))).toEqual([10, 9, 2]);
  });
  test("wants every word that was typed, in whichever column", () => {
    expect(tries(sift(jobs, cells, asItComes, "通知 孙", "zh-CN"))).toEqual([2]);
    expect(sift(jobs, cells, asItComes, "通知 钱", "zh-CN")).toEqual([]);
  });
  test("a column that is no more does not sort", () => {
    expect(tries(sift(jobs, cells, { sort: "gone", only: {} }, "", "zh-CN"))).toEqual([10, 9, 2]);
  });
});

test("valuesOf names each once", () => expect(valuesOf(jobs, cells[0] as Cell<Job>, "zh-CN")).toEqual(["订阅", "通知"]));
