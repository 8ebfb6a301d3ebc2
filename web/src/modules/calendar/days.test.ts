import { expect, test } from "vitest";
import { daysOf, dueOf, isDay, monthOf, numberOf, rangeOf, stepped, weekdayOf, weekOf } from "./days";

test("weeks begin on Monday, also over the end of a year", () => {
  expect([weekdayOf("2026-11-23"), weekdayOf("2026-11-29")]).toEqual([0, 6]);
  expect(weekOf("2026-01-01")).toEqual(["2025-12-29", "2025-12-30", "2025-12-31", "2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"]);
});

test("the first week of a year is that with its first Thursday", () => {
  const known = { "2025-12-28": 52, "2025-12-29": 1, "2026-01-04": 1, "2026-01-05": 2, "2026-12-31": 53, "2027-01-03": 53, "2027-01-04": 1, "2024-12-30": 1, "2021-01-03": 53 };
  for (const [day, week] of Object.entries(known)) expect([day, numberOf(day)]).toEqual([day, week]);
});

test("a month has the weeks that it needs, and each of its days once", () => {
  expect(monthOf("2026-02-14")).toHaveLength(5);
  expect(monthOf("2021-02-01")).toHaveLength(4); // 28 days from a Monday on
  expect(monthOf("2026-08-31")).toHaveLength(6);
  for (let month = 1; month <= 12; month++) {
    const name = `2028-${String(month).padStart(2, "0")}`;
    const days = monthOf(`${name}-01`).flat();
    expect(new Set(days).size).toBe(days.length);
    expect(days.filter((d) => d.startsWith(name))).toHaveLength(new Date(Date.UTC(2028, month, 0)).getUTCDate());
  }
});

test("what is shown has a first and a last day", () => {
  expect(rangeOf("month", "2026-11-23")).toEqual(["2026-10-26", "2026-12-06"]);
  expect(rangeOf("week", "2026-11-23")).toEqual(["2026-11-23", "2026-11-29"]);
  expect(rangeOf("day", "2026-11-23")).toEqual(["2026-11-23", "2026-11-23"]);
  expect(daysOf("2026-02-27", "2026-03-01")).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
});

test("a step keeps to days that there are", () => {
  expect(stepped("month", "2026-01-31", 1)).toBe("2026-02-28");
  expect(stepped("month", "2028-03-31", -1)).toBe("2028-02-29");
  expect([stepped("month", "2026-12-15", 1), stepped("month", "2026-01-15", -1)]).toEqual(["2027-01-15", "2025-12-15"]);
  expect([stepped("week", "2026-12-28", 1), stepped("day", "2026-03-01", -1)]).toEqual(["2027-01-04", "2026-02-28"]);
});

test("only days that there are, are days", () => {
  expect(["2026-02-28", "2026-02-29", "2026-13-01", "2026-1-1", "today", ""].map(isDay)).toEqual([true, false, false, false, false, false]);
});

test("what ends with a day is due on it, by the region's clock", () => {
  expect(dueOf("2026-05-06T16:00:00.000000Z")).toEqual({ day: "2026-05-06", time: "24:00" });
  expect(dueOf("2026-05-07T00:00:00+08:00")).toEqual({ day: "2026-05-06", time: "24:00" });
  expect(dueOf("2026-05-06T16:30:00Z")).toEqual({ day: "2026-05-07", time: "00:30" });
});
