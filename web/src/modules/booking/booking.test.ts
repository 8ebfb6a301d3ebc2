import { expect, test } from "vitest";
import { daysOf, wrongIn } from "../clinics/clinics";
import { byDepartment } from "../visits/visits";
import { aheadOf, firstDay, fitting, hospitalsOf, standingOf, stripOf, type Visit } from "./booking";
import { readNamed } from "./read";
import { countdown, lastMoment, weekdayIn } from "./times";

const named = (display: string) => ({ reference: display, display });

const visit = (more: Partial<Visit>): Visit => ({
  appointment: named("a"), slot: named("s"), status: "booked", start: "2026-11-26T08:00:00+08:00", end: "2026-11-26T08:30:00+08:00", patient: named("赵胜林"),
  department: named("心内科"), institution: named("澄岚医院"), channel: "online", deadline: "2026-11-26T00:00:00+08:00", ...more,
});

test("parameters are read with names, and lists inside of lists", () => {
  const parameter = [{
    name: "clinic", part: [
      { name: "department", valueReference: { reference: "HealthcareService/a", display: "心内科" } }, { name: "price", valueDecimal: 0 },
      { name: "session", part: [{ name: "day", valueCode: "mon" }, { name: "day", valueCode: "tue" }, { name: "from", valueString: "08:00" }] },
    ],
  }];
  const lists = ["clinic", "clinic.session", "clinic.session.day"];
  expect(readNamed({ parameter }, lists)).toEqual({
    clinic: [{ department: { reference: "HealthcareService/a", display: "心内科" }, price: 0, session: [{ day: ["mon", "tue"], from: "08:00" }] }],
  });
  expect(readNamed({}, lists)).toEqual({ clinic: [] });
});

test("days say how they can be booked, and the first with something free is shown", () => {
  const day = (date: string, free: number, more = {}) => ({ date, free, total: 9, stopped: false, ...more });
  const days = [day("2026-11-24", 0), day("2026-11-25", 0, { stopped: true }), day("2026-11-26", 3), day("2026-12-01", 0, { opens: "2026-11-24T07:00:00+08:00" })];
  expect(stripOf("2026-11-24", days).map((d) => standingOf(d.day))).toEqual(["full", "stopped", "free", "none", "none", "none", "none", "closed"]);
  expect(firstDay(days, "2026-11-24")).toBe("2026-11-26");
  expect(firstDay(days.slice(0, 2), "2026-11-23")).toBe("2026-11-24");
  expect(firstDay([], "2026-11-23")).toBe("2026-11-23");
  expect(firstDay(days, "2026-11-24", "2026-12-01")).toBe("2026-12-01");
  expect(firstDay(days, "2026-11-24", "2026-11-30")).toBe("2026-11-26");
});

test("hospitals come with their departments, those first where one has been", () => {
  const records = new Map([
    ["HealthcareService/a", { resourceType: "HealthcareService", providedBy: { reference: "Organization/1" } }],
    ["HealthcareService/b", { resourceType: "HealthcareService", providedBy: { reference: "Organization/2" } }],
    ["Organization/1", { resourceType: "Organization", name: "安医院" }], ["Organization/2", { resourceType: "Organization", name: "北医院" }],
  ]);
  const clinic = (department: string, name: string, doctor?: string) => ({
    resourceType: "Schedule", actor: [{ reference: department, display: name }, ...(doctor ? [{ reference: `PractitionerRole/${doctor}`, display: doctor }] : [])],
  });
  const found = [clinic("HealthcareService/a", "内科", "王"), clinic("HealthcareService/a", "内科", "李"), clinic("HealthcareService/b", "儿科"), clinic("HealthcareService/c", "?")];
  expect(hospitalsOf(found, records).map((h) => h.name)).toEqual(["安医院", "北医院"]);
  const all = hospitalsOf(found, records, ["Organization/2"]);
  expect(all.map((h) => h.name)).toEqual(["北医院", "安医院"]);
  expect(all[1]?.departments).toEqual([{ reference: "HealthcareService/a", name: "内科", doctors: ["王", "李"] }]);
  expect(fitting(all, "李").map((h) => h.name)).toEqual(["安医院"]);
  expect(fitting(all, "眼")).toEqual([]);
});

test("visits that are to be come in order; a hold that has run out is none of them", () => {
  const now = Date.parse("2026-11-26T00:10:00Z"); // 08:10
  const held = visit({ status: "pending", start: "2026-11-25T08:00:00+08:00", held: "2026-11-26T08:09:00+08:00" });
  const later = visit({ start: "2026-11-27T08:00:00+08:00", end: "2026-11-27T08:30:00+08:00" });
  const current = visit({});
  expect(aheadOf([later, held, visit({ status: "cancelled" }), current], now)).toEqual([current, later]);
  expect(byDepartment([current, visit({ status: "arrived", patient: named("孙桂兰") })], "")).toMatchObject([{ name: "心内科", came: 1 }]);
  expect(byDepartment([visit({ status: "fulfilled" }), visit({ status: "noshow" })], "")).toMatchObject([{ came: 1 }]);
  expect(byDepartment([current], "孙")).toEqual([]);
});

test("times are told as people say them", () => {
  expect(lastMoment("2026-11-26T00:00:00+08:00", "zh-CN")).toBe("2026年11月25日 24:00");
  expect(lastMoment("2026-11-25T17:00:00+08:00", "en")).toBe("25 November 2026 17:00");
  expect(weekdayIn("2026-11-25", "2026-11-24", "zh-CN")).toBe("明天");
  expect(weekdayIn("2026-11-29", "2026-11-24", "en")).toBe("Sun");
  expect(countdown("2026-11-26T08:15:00+08:00", Date.parse("2026-11-26T08:00:56+08:00"))).toBe("14:04");
  expect(countdown("2026-11-26T08:15:00+08:00", Date.parse("2026-11-26T09:00:00+08:00"))).toBe("0:00");
});

test("days of the week are told in short", () => {
  expect(daysOf(["fri", "mon", "tue", "wed", "thu"], "zh-CN")).toBe("周一至周五");
  expect(daysOf(["mon", "wed", "fri"], "zh-CN")).toBe("周一、周三、周五");
  expect(daysOf(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "en")).toBe("Every day");
});

test("a pattern says what of it cannot be", () => {
  const session = { day: ["mon"], from: "08:00", to: "12:00", capacity: 4, onsite: 1 } as const;
  const pattern = { department: "HealthcareService/a", from: "2026-11-26", segment: 30, ahead: 7, opens: "07:00", session: [session] };
  expect(wrongIn(pattern)).toEqual([]);
  const wrong = { ...pattern, department: "", to: "2026-11-25", segment: 4, session: [session, { ...session, day: [], from: "13:00", onsite: 5 }] };
  expect(wrongIn(wrong)).toEqual(["department", "to", "segment", "day-1", "to-1", "onsite-1"]);
});
