import { expect, test } from "vitest";
import { ageOf, dateOf, dayOf } from "./dates";

test("dates are as precise as they are told, and instants by the region's clock", () => {
  expect(dateOf("2026-05-06", "zh-CN")).toBe("2026年5月6日");
  expect(dateOf("2026-05", "en")).toBe("May 2026");
  expect(dateOf("2026-05-06T20:30:00Z", "zh-CN")).toMatch(/2026年5月7日.*04:30/);
  expect([dayOf("2026-05-06T20:30:00Z"), dayOf("2026-05")]).toEqual(["2026-05-07", "2026-05"]);
  expect(dateOf("soon", "en")).toBe("soon");
});

test("an age is in full years on the region's day", () => {
  expect(ageOf("1984-05-06", new Date("2026-05-05T15:59:00Z"))).toBe(41);
  expect(ageOf("1984-05-06", new Date("2026-05-05T16:01:00Z"))).toBe(42);
  expect(ageOf("1984-05", new Date())).toBeUndefined();
});
