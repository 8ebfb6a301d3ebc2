import { expect, it } from "vitest";
import { type DayUse, poolOf, takenOf } from "./use";

const days: DayUse[] = [
  { date: "2026-11-23", pool: [{ code: "public", places: 8, taken: 5 }, { code: "onsite", places: 2, taken: 2 }], channel: [], seen: 0, missed: 0, cancelled: 0, stopped: 0 },
  { date: "2026-11-24", pool: [{ code: "referral", places: 2, taken: 1 }], channel: [], seen: 0, missed: 0, cancelled: 0, stopped: 0 },
];

it("draws each pool of each day, also where a day has none of it", () => {
  const plot = takenOf(days, "en");
  expect(plot.names).toEqual(["11-23", "11-24"]);
  expect(Object.fromEntries(plot.series.map((s) => [s.name, s.values]))).toEqual({ "The public's": [5, 0], "For referrals": [0, 1], "For the window": [2, 0], Extra: [0, 0] });
});

it("knows a pool that a day does not have", () => {
  expect(poolOf(days[1]!, "onsite")).toEqual({ places: 0, taken: 0 });
});
