import { describe, expect, it } from "vitest";
import type { Visit } from "../booking/booking";
import type { Nearby } from "../booking/near";
import { before, moved, named, phoneOf, type Step } from "./caller";

const visit = { appointment: { reference: "Appointment/1", display: "" } } as Visit;
const department = (hospital: string, name: string, doctor: string): Nearby => ({
  reference: { reference: name, display: name }, institution: { reference: hospital, display: hospital }, level: "3", language: [], doctor: [{ reference: doctor, display: doctor }],
  kind: [], insurance: [], specialty: [], bookable: true, fit: 0,
});

describe("the steps of a call", () => {
  it("goes back to the beginning from everywhere", () => {
    let step: Step = { at: "confirm", department: "d", day: "2026-11-24", slot: { slot: "s", start: "", end: "", what: "" } };
    const way: Step["at"][] = [step.at];
    while (step.at !== "find") way.push((step = before(step)).at);
    expect(way).toEqual(["confirm", "time", "day", "department", "visits", "find"]);
  });
  it("goes back to the visit that is changed", () => {
    expect(before({ at: "day", department: "d", change: visit })).toEqual({ at: "visit", visit });
    expect(before({ at: "time", department: "d", day: "x", change: visit })).toMatchObject({ at: "day", change: visit });
  });
});

describe("choosing by keys", () => {
  it("goes around", () => {
    expect(moved(2, "ArrowDown", 3)).toBe(0);
    expect(moved(0, "ArrowUp", 3)).toBe(2);
    expect(moved(1, "End", 3)).toBe(2);
    expect(moved(1, "Home", 3)).toBe(0);
    expect(moved(5, "", 3)).toBe(2);
    expect(moved(0, "ArrowDown", 0)).toBe(0);
  });
  it("finds departments word by word", () => {
    const all = [department("澄岚医院", "心血管内科", "李"), department("澄岚医院", "内科", "王"), department("葭涟医院", "内科", "赵")];
    expect(named(all, "澄岚 内科")).toHaveLength(2);
    expect(named(all, "赵")).toHaveLength(1);
    expect(named(all, " ")).toHaveLength(3);
    expect(named(all, "眼科")).toHaveLength(0);
  });
  it("knows a telephone", () => {
    expect(phoneOf({ resourceType: "Patient", telecom: [{ system: "email", value: "a" }, { system: "phone", value: "138****0000" }] })).toBe("138****0000");
    expect(phoneOf({ resourceType: "Patient" })).toBe("");
  });
});
