import { describe, expect, test } from "vitest";
import type { Resource } from "../../api/fhir";
import { groupsOf, stands, usualOf } from "./attach";
import { areAhead, nextDay, ordered } from "./days";
import { keptOf } from "./kept";
import { prefillOf } from "./prefill";

const now = new Date("2026-06-01T10:00:00+08:00");

const medicine = (id: string, text: string, date: string, status = "active"): Resource => ({ resourceType: "MedicationRequest", id, status, medicationCodeableConcept: { text }, authoredOn: date });
const allergy = (id: string, code: string): Resource => ({ resourceType: "AllergyIntolerance", id, clinicalStatus: { coding: [{ code }] }, code: { text: "青霉素" } });
const report = (id: string, date: string, of: string[] = []): Resource => ({ resourceType: "DiagnosticReport", id, status: "final", effectiveDateTime: date, code: { text: "检验报告" }, result: of.map((o) => ({ reference: `Observation/${o}` })) });
const problem = (id: string, text: string, onset: string, code = "active"): Resource => ({ resourceType: "Condition", id, clinicalStatus: { coding: [{ code }] }, code: { text }, onsetDateTime: onset });
const pressure = (id: string, date: string, value: number): Resource => ({
  resourceType: "Observation", id, status: "final", effectiveDateTime: date, code: { text: "收缩压" }, valueQuantity: { value, unit: "mmHg" }, referenceRange: [{ high: { value: 140, unit: "mmHg" } }],
});

const all = [
  medicine("new", "缬沙坦", "2026-05-01"), medicine("old", "缬沙坦", "2026-01-01"), medicine("past", "阿莫西林", "2026-05-20", "completed"), allergy("there", "active"), allergy("gone", "resolved"),
  report("lately", "2026-05-02", ["inside"]), report("long-ago", "2024-05-02"), pressure("inside", "2026-05-02", 150), pressure("high", "2026-05-20", 162), pressure("high-before", "2026-05-10", 165),
  problem("ill", "高血压", "2023-02-16"), problem("beside", "糖尿病", "2020-01-01"), problem("over", "感冒", "2026-01-01", "resolved"), { ...problem("wrong", "误录", "2026-01-01"), verificationStatus: { coding: [{ code: "entered-in-error" }] } },
];

describe("what a letter takes along", () => {
  test("is what stands, each medicine once, and the reports of late", () =>
    expect(usualOf(all, now)).toEqual(["MedicationRequest/new", "AllergyIntolerance/there", "DiagnosticReport/lately"]));
  test("can be anything that is no mistake; what stands in a report comes with it", () => {
    const shown = groupsOf(all).flatMap((g) => g.of.map((r) => r.id));
    expect(shown).toContain("past");
    expect(shown).not.toContain("inside");
    expect(shown).not.toContain("wrong");
  });
  test("what is over does not stand", () => expect(all.filter((r) => r.resourceType === "Condition" && stands(r)).map((r) => r.id)).toEqual(["ill", "beside"]));
});

describe("what a letter begins with", () => {
  const task = { input: [{ type: { text: "question" }, valueString: "要不要手术？" }, { type: { text: "opinion" }, valueString: "建议上转" }] };
  test("the problem, what stands beside it, what was found of late, and what was asked", () => {
    const values = prefillOf("up", keptOf(task), all.find((r) => r.id === "ill"), all, undefined, now, "zh-CN");
    expect(values["history"]).toMatch(/高血压.*2023年2月16日[\s\S]*糖尿病/);
    expect(values["history"]).not.toMatch(/感冒|误录/);
    expect(values["findings"]).toMatch(/162/);
    expect(values["findings"]).not.toMatch(/165/); // the newest of each
    expect([values["conclusion"], values["referral-question"]]).toEqual(["建议上转", "要不要手术？"]);
  });
  test("what the last one said, where it was returned", () => {
    const div = (text: string) => ({ status: "generated", div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${text}</p></div>` });
    const section = [
      { title: "病史", code: { coding: [{ code: "10164-2" }] }, text: div("三天&lt;胸痛<br/>加重") }, { title: "转诊目的", code: { coding: [{ code: "18776-5" }] }, text: div("手术") },
      { title: "用药", code: { coding: [{ code: "10160-0" }] }, entry: [{ reference: "MedicationRequest/old" }] },
    ];
    const values = prefillOf("up", keptOf(task), undefined, all, { resourceType: "Composition", section }, now, "zh-CN");
    expect(values).toMatchObject({ history: "三天<胸痛\n加重", "referral-question": "手术", attached: ["MedicationRequest/old"] });
  });
});

describe("days of follow-up", () => {
  const today = "2026-06-01";
  test("are in order, each once", () => expect(ordered(["2026-07-01", "", "2026-06-08", "2026-07-01"])).toEqual(["2026-06-08", "2026-07-01"]));
  test("go on as they have begun", () => {
    expect(nextDay([], today)).toBe("2026-06-08");
    expect(nextDay(["2026-06-15"], today)).toBe("2026-06-29");
    expect(nextDay(["2026-06-29", "2026-06-15"], today)).toBe("2026-07-13");
    expect(nextDay(["2026-05-01"], today)).toBe("2026-06-08"); // one that is past counts for nothing
  });
  test("are ahead", () => expect([areAhead(["2026-06-02", ""], today), areAhead(["2026-06-01"], today)]).toEqual([true, false]));
});
