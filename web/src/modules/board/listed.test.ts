import { expect, test } from "vitest";
import type { OfState } from "./board";
import { criteriaOf, listedOf, listOf, type Wanted, wantedOf } from "./listed";

const now = new Date("2026-05-06T02:00:00Z");
const state = (process: string, name: string, query: string): OfState => ({ process, state: name, zh: "", en: "", query, open: 1, overdue: 0, ended: 0 });
const states = [
  state("correction", "appealed", "code=urn:yitong:process|correction&business-status=urn:yitong:process:correction|appealed"),
  state("access-question", "disputed", "code=urn:yitong:process|access-question&business-status=urn:yitong:process:access-question|disputed"),
  state("export", "requested", "code=urn:yitong:process|export&status=requested"),
];
const asked = (wanted: Wanted) => criteriaOf(wanted, states, now, "2026-05-06").filter(([name]) => name !== "_count" && name !== "_sort").map((c) => c.join("="));

test("an address says what was wanted", () => {
  for (const wanted of [{}, { process: "correction", due: "late" }, { state: ["a:b", "c:d"] }, { institution: "Organization/a", ended: "2026-02-06+" }, { begun: "2026-05-06" }] as Wanted[]) {
    expect(wantedOf(new URL(listOf(wanted), "http://x").searchParams)).toEqual(wanted);
  }
});

test("a number's list is searched by what it counts", () => {
  expect(asked({})).toEqual(["code=urn:yitong:process|", "status=requested,accepted,in-progress,on-hold"]);
  expect(asked({ process: "correction", due: "late" })).toEqual(["code=urn:yitong:process|correction", "status=requested,accepted,in-progress,on-hold", "deadline=le2026-05-06T02:00:00.000Z"]);
  expect(asked({ due: "today" }).slice(2)).toEqual(["deadline=gt2026-05-06T02:00:00.000Z", "deadline=le2026-05-06T16:00:00.000Z"]);
  expect(asked({ due: "2026-05-08" }).slice(2)).toEqual(["deadline=gt2026-05-07T16:00:00.000Z", "deadline=le2026-05-08T16:00:00.000Z"]);
  expect(asked({ ended: "2026-02-06+", institution: "Organization/a" })).toEqual(["code=urn:yitong:process|", "status=completed,rejected,failed,cancelled", "-custodian=Organization/a", "modified=ge2026-02-05T16:00:00.000Z"]);
  expect(asked({ ended: "2026-05-06" }).slice(2)).toEqual(["modified=ge2026-05-05T16:00:00.000Z", "modified=lt2026-05-06T16:00:00.000Z"]);
  expect(asked({ begun: "2026-05-06" })).toEqual(["code=urn:yitong:process|", "authored-on=ge2026-05-05T16:00:00.000Z", "authored-on=lt2026-05-06T16:00:00.000Z"]);
});

test("states are searched as the board says, several at once too", () => {
  expect(asked({ state: ["export:requested"] })).toEqual(["code=urn:yitong:process|export", "status=requested"]);
  expect(asked({ state: ["correction:appealed", "access-question:disputed"] })).toEqual(["business-status=urn:yitong:process:correction|appealed,urn:yitong:process:access-question|disputed", "code=urn:yitong:process|"]);
});

test("a case is read in its own state, or that of its Task", () => {
  const task = (over: object) => ({
    resourceType: "Task", id: "t", status: "in-progress", code: { coding: [{ code: "correction" }] }, authoredOn: "2026-05-01", lastModified: "2026-05-02", restriction: { period: { end: "2026-05-09" } },
    meta: { extension: [{ url: "urn:yitong:custodian", valueReference: { reference: "Organization/a" } }] }, businessStatus: { coding: [{ system: "urn:yitong:process:correction", code: "open", display: "待处理" }] }, ...over,
  });
  expect(listedOf(task({}))).toEqual({ id: "t", process: "correction", state: "open", stateZh: "待处理", institution: "Organization/a", begun: "2026-05-01", due: "2026-05-09", ended: "" });
  expect(listedOf(task({ status: "completed", businessStatus: undefined }))).toMatchObject({ state: "completed", stateZh: "", due: "", ended: "2026-05-02" });
});
