import { afterEach, expect, test } from "vitest";
import { ageOf, clockOf, dateOf, datesOf, dayAt, dayOf, instantOf, regionIn, stampOf, startOf } from "./dates";

afterEach(() => regionIn("Asia/Shanghai"));

test("dates are as precise as they are told, and instants by the region's clock", () => {
  expect(dateOf("2026-05-06", "zh-CN")).toBe("2026年5月6日");
  expect(dateOf("2026-05", "en")).toBe("May 2026");
  expect(dateOf("2026-05-06T20:30:00Z", "zh-CN")).toMatch(/2026年5月7日.*04:30/);
  expect([dayOf("2026-05-06T20:30:00Z"), dayOf("2026-05")]).toEqual(["2026-05-07", "2026-05"]);
  expect(dateOf("soon", "en")).toBe("soon");
});

test("several days are told in the shortest words", () => {
  expect(datesOf("2026-05-06", "2026-05-08", "zh-CN")).toBe("2026年5月6日至8日");
  expect(datesOf("2026-05-30", "2026-06-02", "zh-CN")).toBe("2026年5月30日至6月2日");
  expect(datesOf("2026-12-30", "2027-01-02", "zh-CN")).toBe("2026年12月30日至2027年1月2日");
  expect(datesOf("2026-05-06", "2026-05-08", "en")).toBe("6 – 8 May 2026");
  expect(datesOf("2026-05-30", "2026-06-02", "en")).toBe("30 May – 2 June 2026");
});

test("a day begins, and a time is told, by the region's clock", () => {
  expect(startOf("2026-05-07").toISOString()).toBe("2026-05-06T16:00:00.000Z");
  expect([clockOf("2026-05-06T20:30:00Z"), clockOf("2026-05-06")]).toEqual(["04:30", ""]);
  expect([stampOf("2026-05-06T20:30:09.123456Z"), stampOf("soon")]).toEqual(["2026-05-07 04:30:09", "soon"]);
});

test("an age is in full years on the region's day", () => {
  expect(ageOf("1984-05-06", new Date("2026-05-05T15:59:00Z"))).toBe(41);
  expect(ageOf("1984-05-06", new Date("2026-05-05T16:01:00Z"))).toBe(42);
  expect(ageOf("1984-05", new Date())).toBeUndefined();
});

test("the region's clock is the one that the server tells, and not the browser's", () => {
  regionIn("Asia/Urumqi");
  expect(dateOf("2026-05-06T17:30:00Z", "zh-CN")).toMatch(/2026年5月6日.*23:30/);
  expect([dayOf("2026-05-06T17:30:00Z"), dayAt(new Date("2026-05-06T18:30:00Z"))]).toEqual(["2026-05-06", "2026-05-07"]);
  expect(ageOf("1984-05-07", new Date("2026-05-06T17:30:00Z"))).toBe(41);
  regionIn("Asia/Shanghai");
  expect(dayOf("2026-05-06T17:30:00Z")).toBe("2026-05-07");
});

test("a zone that there is not changes nothing", () => {
  for (const zone of ["Local", "Asia/Yunxi", "", undefined]) regionIn(zone);
  expect(dayOf("2026-05-06T20:30:00Z")).toBe("2026-05-07");
});

test("a time that is typed is one of the region's clock, in summer too", () => {
  expect(instantOf("2026-05-06T08:30")).toBe("2026-05-06T08:30:00+08:00");
  regionIn("Asia/Urumqi");
  expect(instantOf("2026-05-06T08:30")).toBe("2026-05-06T08:30:00+06:00");
  regionIn("Europe/Berlin");
  expect([instantOf("2026-01-06T08:30"), instantOf("2026-03-29T01:30"), instantOf("2026-03-29T03:30")]).toEqual(["2026-01-06T08:30:00+01:00", "2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00"]);
  regionIn("UTC");
  expect(instantOf("2026-05-06T08:30")).toBe("2026-05-06T08:30:00+00:00");
});
