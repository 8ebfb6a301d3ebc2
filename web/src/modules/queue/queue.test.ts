import { expect, test } from "vitest";
import { aheadIn, departmentsOf, type Entry, isOver, queuesOf, type Room } from "./queue";
import { maskedName, minutesSince, timesOf, waitOf } from "./waits";

const named = (reference: string, display: string) => ({ reference, display });
const [heart, eye] = [named("HealthcareService/heart", "心内科"), named("HealthcareService/eye", "眼科")];

const room = (id: string, department = heart, doctor?: string): Room => ({
  location: named(`Location/${id}`, id), department, ...(doctor && { doctor: named(`PractitionerRole/${doctor}`, doctor) }),
});

const entry = (id: string, queue = heart): Entry => ({
  ticket: `Encounter/${id}`, appointment: `Appointment/${id}`, number: id, patient: named(`Patient/${id}`, id), queue, state: "waiting",
  start: "", arrived: "", since: "", calls: 0, skips: 0,
});

test.each([
  [0, 0, "不到 5 分钟", "less than 5 minutes"],
  [1, 4, "不到 5 分钟", "less than 5 minutes"],
  [2, 11, "最多约 15 分钟", "up to about 15 min"],
  [15, 30, "大约 15–30 分钟", "about 15–30 minutes"],
  [17, 31, "大约 15–35 分钟", "about 15–35 minutes"],
  [20, 20, "大约 20 分钟", "about 20 min"],
  [15, 165, "大约 15 分钟到 3 小时", "about 15 min to 3 h"],
  [95, 140, "大约 2 小时到 2.5 小时", "about 2 h to 2.5 h"],
])("a wait of %i to %i minutes is told no finer than it is known", (low, high, zh, en) => {
  expect([waitOf(low, high, "zh-CN"), waitOf(low, high, "en")]).toEqual([zh, en]);
});

test("before calling begins it is told between which times of the day", () => {
  expect(timesOf(33, 52, Date.parse("2026-05-06T07:31:20+08:00"))).toEqual(["08:00", "08:25"]);
});

test("strangers read no more of a name than its first letter", () => {
  expect([maskedName("张三丰"), maskedName("Li Na"), maskedName("张*"), maskedName("")]).toEqual(["张**", "L* **", "张*", ""]);
});

test("minutes are never less than none", () => {
  expect([minutesSince("2026-05-06T08:30:00Z", Date.parse("2026-05-06T08:45:59Z")), minutesSince("2026-05-06T08:30:00Z", 0)]).toEqual([15, 0]);
});

test("one waits behind those of one's own queue", () => {
  const [a, b, c] = [entry("a"), entry("b", eye), entry("c")];
  expect([aheadIn([a, b, c], c), aheadIn([a, b, c], b), aheadIn([a], c)]).toEqual([1, 0, undefined]);
});

test("people are moved to departments and to doctors who sit", () => {
  const rooms = [room("1", heart, "lin"), room("2"), room("3", eye)];
  expect(queuesOf(rooms).map((q) => q.value)).toEqual([heart.reference, eye.reference, "PractitionerRole/lin"]);
  expect(departmentsOf(rooms).map((d) => [d.reference, d.rooms.length])).toEqual([[heart.reference, 2], [eye.reference, 1]]);
});

test("what is over is over", () => {
  expect((["waiting", "called", "skipped", "consulting", "tests", "returning", "done", "left"] as const).filter(isOver)).toEqual(["done", "left"]);
});
