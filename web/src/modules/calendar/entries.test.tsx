import { expect, test } from "vitest";
import type { Bundle, Resource } from "../../api/fhir";
import type { Place } from "../cases/cases";
import { searchesOf } from "./calendar";
import { answersOf, appointmentsOf, byDay, deadlinesOf, hasMore, slotsOf } from "./entries";

const place = (over: Partial<Place>): Place => ({
  case: "Task/1", process: "correction", "process-zh": "更正申请", "process-en": "Correction", state: "open", "state-zh": "待处理", "state-en": "Open", late: false, waits: "institution",
  deadline: "2026-05-07T00:00:00+08:00", ...over,
});

test("a deadline stands on the day with which it ends; what has ended or has none is left out", () => {
  const [one, ...others] = deadlinesOf([place({}), place({ case: "Task/2", waits: undefined as never }), place({ case: "Task/3", deadline: undefined as never })], "zh-CN");
  expect(one).toMatchObject({ day: "2026-05-06", time: "24:00", title: "更正申请", note: "待处理", to: "/cases/1", bad: false });
  expect(others).toEqual([]);
});

test("an appointment stands at its time by the region's clock, a cancelled one says so", () => {
  const appointment = { resourceType: "Appointment", id: "a", status: "cancelled", start: "2026-05-06T17:00:00Z", end: "2026-05-06T17:30:00Z", serviceType: [{ text: "随访" }], participant: [{ actor: { display: "李某" } }, {}] };
  expect(appointmentsOf([appointment, { resourceType: "Appointment", id: "b", status: "proposed" }], "zh-CN")).toEqual([
    { key: "Appointment/a", kind: "appointment", day: "2026-05-07", time: "01:00", until: "01:30", title: "随访", note: "已取消 · 李某", to: "/record/Appointment/a", bad: true },
  ]);
});

test("slots of a schedule and a day are one entry, with how many are free", () => {
  const slot = (id: string, schedule: string, start: string, status: string): Resource => ({ resourceType: "Slot", id, status, schedule: { reference: `Schedule/${schedule}` }, start: `${start}:00Z`, end: `${start}:15Z` });
  const found = slotsOf([slot("1", "s", "2026-05-06T01:00", "free"), slot("2", "s", "2026-05-06T02:00", "busy"), slot("3", "s", "2026-05-06T16:00", "free"), slot("4", "other", "2026-05-06T01:00", "free")], "en");
  expect(found.map((e) => [e.day, e.time, e.until, e.title, e.to])).toEqual([
    ["2026-05-06", "09:00", "10:00", "Slots: 2, 1 free", "/record/Schedule/s"],
    ["2026-05-07", "00:00", "00:00", "Slots: 1, 1 free", "/record/Schedule/s"],
    ["2026-05-06", "09:00", "09:00", "Slots: 1, 1 free", "/record/Schedule/other"],
  ]);
});

test("days have their entries in order, and a batch its answers without refusals", () => {
  const entries = byDay(deadlinesOf([place({ case: "Task/2", deadline: "2026-05-06T08:00:00Z" }), place({ deadline: "2026-05-06T02:00:00Z" })], "en"));
  expect(entries.get("2026-05-06")?.map((e) => e.time)).toEqual(["10:00", "16:00"]);
  const batch: Bundle = { resourceType: "Bundle", entry: [{ resource: { resourceType: "OperationOutcome" } }, { resource: { resourceType: "Bundle", entry: [{ resource: { resourceType: "Slot", id: "s" } }] } }] };
  expect(answersOf(batch).map((all) => all.map((r) => r.id))).toEqual([[], ["s"]]);
});

test("a searchset that has a next page is not the whole", () => {
  const answer = (link: { relation: string; url: string }[]) => ({ resource: { resourceType: "Bundle", link, entry: [] } });
  const self = { relation: "self", url: "https://x/fhir/Slot?_count=1" };
  expect(hasMore({ resourceType: "Bundle", entry: [answer([self])] })).toBe(false);
  expect(hasMore({ resourceType: "Bundle", entry: [answer([self]), answer([self, { ...self, relation: "next" }])] })).toBe(true);
});

test("only what a role may see is asked for, of the person or the institution, by the region's days", () => {
  const doctor = { role: "doctor", institution: "Organization/a" } as const;
  expect(searchesOf(doctor, "Practitioner/p", "mine", "2026-05-06", "2026-05-06").map((s) => s.replace(/&_.*$/, ""))).toEqual([
    "Appointment?actor=Practitioner/p&date=ge2026-05-05T16:00:00.000Z&date=lt2026-05-06T16:00:00.000Z",
    "Slot?schedule.actor=Practitioner/p&start=ge2026-05-05T16:00:00.000Z&start=lt2026-05-06T16:00:00.000Z",
  ]);
  expect(searchesOf(doctor, undefined, "mine", "2026-05-06", "2026-05-06")).toEqual([]);
  expect(searchesOf(doctor, "Practitioner/p", "role", "2026-05-06", "2026-05-06")).toEqual([]);
  expect(searchesOf({ ...doctor, role: "administrator" }, undefined, "office", "2026-05-06", "2026-05-06").map((s) => s.split("&")[0])).toEqual(["Slot?-custodian=Organization/a"]);
  expect(searchesOf({ ...doctor, role: "regulator" }, undefined, "office", "2026-05-06", "2026-05-06")).toEqual([]);
});
