import { expect, test } from "vitest";
import type { Step } from "../cases/cases";
import { fullnessOf, listOf, shareOf } from "./figures";
import { followUpsOf, keptOf } from "./kept";
import { queryOf, wantedOf } from "./ops";
import { progressOf } from "./progress";

const at = (minute: number): string => new Date(Date.parse("2026-06-01T08:00:00Z") + minute * 60_000).toISOString();
const steps = (...states: [to: string, minute: number, called?: string][]): Step[] =>
  states.map(([to, minute, called], i) => ({ move: "m", to, at: at(minute), ...(called && { called }), ...(states[i + 1] && { until: at(states[i + 1]?.[1] ?? 0) }) }));

const minutes = (ms: number) => ms / 60_000;

const text = (name: string, value: string) => ({ type: { text: name }, valueString: value });
const reference = (name: string, to: string) => ({ type: { text: name }, valueReference: { reference: to } });

test("how far a referral has come: a step that it came back to counts all its time, and what follows is to come again", () => {
  const all = progressOf(steps(["consulting", 0], ["consenting", 10, "甲"], ["agreed", 20], ["sending-review", 30, "甲"], ["returned", 45, "乙"]), "up", false, Date.parse(at(60)));
  expect(all.map((p) => p.is)).toEqual(["done", "now", "ahead", "ahead", "ahead", "ahead"]);
  expect(all.map((p) => minutes(p.ms))).toEqual([10, 35, 0, 0, 0, 0]);
  expect([all[0]?.who, all[0]?.number, all[5]?.number]).toEqual(["甲", "U1", ""]);
});

test("a referral that ends early stops where it was; one that is completed is done", () => {
  expect(progressOf(steps(["consulting", 0], ["consenting", 5], ["refused", 9]), "down", true, 0).map((p) => p.is)).toEqual(["stopped", "ahead", "ahead", "ahead", "ahead"]);
  const whole = steps(["consulting", 0], ["consenting", 1], ["agreed", 2], ["sending-review", 3], ["receiving-review", 4], ["assigned", 5], ["scheduled", 6], ["in-care", 7], ["completed", 8]);
  expect(new Set(progressOf(whole, "up", true, 0).map((p) => p.is))).toEqual(new Set(["done"]));
});

test("what a referral keeps is what stands since its last letter", () => {
  const kept = keptOf({
    input: [text("question", "q"), reference("letter", "Composition/1"), reference("asked", "HealthcareService/a"), text("follow-up", "2026-01-01"), text("consent", "app"),
      reference("letter", "Composition/2"), reference("asked", "HealthcareService/b"), reference("asked", "HealthcareService/c"), text("follow-up", "2026-07-01"), text("follow-up", "2026-08-01")],
    output: [text("reason", "first"), text("reason", "last"), text("followed-up", "好转")],
  });
  expect(kept).toMatchObject({ question: "q", letter: "Composition/2", asked: ["HealthcareService/b", "HealthcareService/c"], followUps: ["2026-07-01", "2026-08-01"], consent: "", reason: "last" });
  expect(followUpsOf(undefined, kept).map((f) => f.done)).toEqual([false, false]);
  const detail = (start: string, status: string) => ({ detail: { status, scheduledPeriod: { start } } });
  const plan = { resourceType: "CarePlan", activity: [detail("2026-07-01", "completed"), detail("2026-08-01", "not-started")] };
  expect(followUpsOf(plan, kept)).toEqual([{ day: "2026-07-01", done: true, findings: "好转" }, { day: "2026-08-01", done: false, findings: "" }]);
});

test("what to bring counts for the time that stands", () => {
  const input = [reference("letter", "Composition/1"), text("time", "2026-07-01T09:00:00+08:00"), text("bring", "空腹"), text("time", "2026-07-02T09:00:00+08:00")];
  expect([keptOf({ input }).bring, keptOf({ input: input.slice(0, 3) }).bring]).toEqual(["", "空腹"]);
});

test("a visit stands until a time is set without one", () => {
  const input = [reference("letter", "Composition/1"), text("time", "2026-07-01T09:00:00+08:00"), reference("visit", "Appointment/1"), text("time", "2026-07-02T09:00:00+08:00")];
  expect([keptOf({ input: input.slice(0, 3) }).visit, keptOf({ input }).visit, keptOf({ input: input.slice(0, 2) }).visit]).toEqual(["Appointment/1", "", ""]);
});

test("what one wants to see stands in the address", () => {
  const wanted = { side: "sending" as const, department: "HealthcareService/1", state: "assigned", late: true };
  expect(wantedOf(queryOf(wanted))).toEqual(wanted);
  expect(wantedOf(new URLSearchParams("side=all"))).toEqual({ side: "receiving", department: "", state: "", late: false });
});

test("figures", () => {
  expect([shareOf(2, 3), shareOf(0, 5), shareOf(1, 0), shareOf(1, undefined)]).toEqual(["67%", "0%", "", ""]);
  expect([fullnessOf(3, 4), fullnessOf(9, 4), fullnessOf(3, undefined)]).toEqual([75, 225, undefined]);
  const figure = { code: "up", zh: "上转", en: "Up", count: 3, query: "figure=up&since=2026-05-01" };
  expect(listOf(figure)).toBe("/referrals/cases?figure=up&since=2026-05-01");
  expect([listOf({ ...figure, count: 0 }), listOf({ code: "x", zh: "x", en: "x", count: 3 })]).toEqual(["", ""]);
});
