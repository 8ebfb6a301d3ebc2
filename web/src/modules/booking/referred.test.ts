import { describe, expect, it } from "vitest";
import type { Segment } from "./booking";
import { daysOf, suiting } from "./referred";

const at = (start: string, free: number, doctor?: string): Segment => ({
  slot: `Slot/${start}`, start, end: start, institution: "Organization/lead", department: { reference: "HealthcareService/heart", display: "" }, clinic: "Schedule/heart", kind: "general",
  free, total: 10, stopped: false, draws: false, ...(doctor && { doctor: { reference: doctor, display: "" } }),
});

const all = [at("2026-12-01T08:00:00+08:00", 1), at("2026-12-01T08:30:00+08:00", 2, "PractitionerRole/he"), at("2026-12-03T08:00:00+08:00", 3, "PractitionerRole/qian")];

describe("times for referrals", () => {
  it("are counted by day, in their order", () => {
    expect(daysOf(all)).toEqual([{ date: "2026-12-01", free: 3, total: 20, stopped: false }, { date: "2026-12-03", free: 3, total: 10, stopped: false }]);
    expect(daysOf([])).toEqual([]);
  });

  it("suit a doctor at their own clinics and at those of nobody", () => {
    expect(suiting(all, "PractitionerRole/he").map((s) => s.free)).toEqual([1, 2]);
    expect(suiting(all, "")).toHaveLength(3);
  });
});
