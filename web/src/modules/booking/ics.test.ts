import { expect, test } from "vitest";
import { aheadOf, calendarOf, folded } from "./ics";

const event = {
  id: "v1", start: "2026-11-26T08:00:00.000000+08:00", end: "2026-11-26T08:30:00.000000+08:00", title: "就诊：心血管内科专业 陈建斌",
  place: "澄岚医院; 门诊楼, 三层", text: "就诊人：赵胜林。\n请携带有效身份证件和医保凭证。",
};
const now = new Date("2026-11-23T09:41:00Z");

test("a visit stands in a calendar at the region's time, with the zone that it names", () => {
  const lines = calendarOf(event, "Asia/Shanghai", now).replaceAll("\r\n ", "").split("\r\n");
  expect(lines[0]).toBe("BEGIN:VCALENDAR");
  expect(lines.slice(-2)).toEqual(["END:VCALENDAR", ""]);
  for (const line of [
    "VERSION:2.0", "TZID:Asia/Shanghai", "TZOFFSETTO:+0800", "UID:v1@yitong", "DTSTAMP:20261123T094100Z", "DTSTART;TZID=Asia/Shanghai:20261126T080000",
    "DTEND;TZID=Asia/Shanghai:20261126T083000", "LOCATION:澄岚医院\\; 门诊楼\\, 三层", "DESCRIPTION:就诊人：赵胜林。\\n请携带有效身份证件和医保凭证。",
  ]) expect(lines).toContain(line);
  for (const part of ["VCALENDAR", "VTIMEZONE", "STANDARD", "VEVENT"]) {
    expect(lines.indexOf(`BEGIN:${part}`)).toBeGreaterThanOrEqual(0);
    expect(lines.indexOf(`END:${part}`)).toBeGreaterThan(lines.indexOf(`BEGIN:${part}`));
  }
});

test("an instant is told by the clocks of the zone, whatever it was written in", () => {
  expect(calendarOf({ ...event, start: "2026-11-26T00:00:00Z" }, "Asia/Shanghai", now)).toContain("DTSTART;TZID=Asia/Shanghai:20261126T080000");
  expect(calendarOf(event, "Asia/Urumqi", now)).toContain("DTSTART;TZID=Asia/Urumqi:20261126T060000");
  expect(aheadOf("Asia/Kolkata", now)).toBe(330);
});

test("no line is longer than 75 bytes, and no letter is broken", () => {
  const long = `SUMMARY:${"心血管内科".repeat(20)}`;
  const bytes = new TextEncoder();
  const lines = folded(long).split("\r\n");
  expect(lines.length).toBeGreaterThan(3);
  expect(Math.max(...lines.map((l) => bytes.encode(l).length))).toBeLessThanOrEqual(75);
  expect(lines.slice(1).every((l) => l.startsWith(" "))).toBe(true);
  expect(lines.map((l, i) => (i ? l.slice(1) : l)).join("")).toBe(long);
});
