import { expect, test } from "vitest";
import { around, type Board, disputesOf, openIn, spent } from "./board";
import { daily, loads, timesAt } from "./plots";

const board: Board = {
  at: "2026-05-06T02:00:00Z", since: "2026-02-06", whole: true,
  process: [{ process: "correction", zh: "更正申请", en: "Correction", open: 5, overdue: 2, today: 1, ended: 1, median: 60, p90: 2880 }],
  state: [
    { process: "correction", state: "appealed", zh: "已申诉", en: "Appealed", query: "", open: 2, overdue: 0, ended: 0 },
    { process: "access-question", state: "disputed", zh: "有异议", en: "Disputed", query: "", open: 0, overdue: 0, ended: 0 },
    { process: "export", state: "requested", zh: "待审批", en: "To be decided", query: "", open: 1, overdue: 0, ended: 0 },
  ],
  institution: [{ institution: "Organization/a", open: 1, overdue: 0, ended: 2, median: 1440, p90: 7200 }],
  day: [{ day: "2026-05-05", begun: 3, ended: 1, due: 0 }, { day: "2026-05-07", begun: 0, ended: 0, due: 4 }],
};

test("times are told in one unit", () => {
  expect([0, 59, 90, 2879, 2880, 10_000].map((m) => spent(m, "zh-CN"))).toEqual(["0 分钟", "59 分钟", "1.5 小时", "48 小时", "2 天", "6.9 天"]);
  expect(spent(undefined, "en")).toBe("");
});

test("disputes are open cases on which the sides disagree", () => {
  expect(disputesOf(board).map((s) => s.state)).toEqual(["appealed"]);
  expect(openIn(board, "export:requested")?.open).toBe(1);
  expect(openIn(board, "export:rejected")).toBeUndefined();
});

test("the days around today are all there", () => {
  const days = around(board, "2026-05-06", 2, 2);
  expect(days.map((d) => [d.day, d.begun, d.due])).toEqual([["2026-05-05", 3, 0], ["2026-05-06", 0, 0], ["2026-05-07", 0, 4], ["2026-05-08", 0, 0]]);
  expect(around(board, "2026-03-01", 2, 0)[0]?.day).toBe("2026-02-28");
});

test("plots say what the tables say", () => {
  expect(loads(board.process, "en").series.map((s) => s.values)).toEqual([[2], [1], [2]]);
  expect(timesAt(board.institution, "zh-CN")).toMatchObject({ names: ["未登记名称的机构"], series: [{ values: [1] }, { values: [5] }] });
  const plot = daily(around(board, "2026-05-06", 2, 2), "2026-05-06", "zh-CN");
  expect(plot.names).toEqual(["5月5日", "5月6日", "5月7日", "5月8日"]);
  expect(plot.series.map((s) => s.values)).toEqual([[3, 0, null, null], [1, 0, null, null], [null, 0, 4, 0]]);
});
