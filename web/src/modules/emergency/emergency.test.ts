import { expect, test } from "vitest";
import type { Resource } from "../../api/fhir";
import { keeperOf, mayOpen, openUntil, wrongWith } from "./emergency";

const rules = { least: 10, length: 500 };
const typed = (reason: string, number = "", document = "citizen") => ({ resident: "", values: { reason, number, document } });

test("a reason has to say something, in as many characters as the server wants", () => {
  const wrong = (reason: string) => Object.keys(wrongWith(typed(reason), rules, "zh-CN"));
  expect(wrong("患者昏迷送医，家属不在场")).toEqual([]);
  expect([wrong("昏迷"), wrong("急".repeat(20)), wrong("患者昏迷送医".repeat(90))]).toEqual([["reason"], ["reason"], ["reason"]]);
  expect(wrongWith(typed("太短了"), rules, "zh-CN")["reason"]).toContain("10");
  expect(wrong("")).toEqual([]); // which the form itself tells
});

test("the number of an identity card is checked where one is asked for", () => {
  const reason = "患者昏迷送医，家属不在场";
  const wrong = (number: string, document?: string) => Object.keys(wrongWith(typed(reason, number, document), rules, "en"));
  expect([wrong("11010519491231002x"), wrong("110105194912310021"), wrong("42990400100200001", "record")]).toEqual([[], ["number"], []]);
  expect(Object.keys(wrongWith({ ...typed(reason, "1"), resident: "Patient/1" }, rules, "en"))).toEqual([]);
});

const me = "Practitioner/wang";

const consent = (end: string, more: { status?: string; who?: string; role?: string; code?: string } = {}): Resource => ({
  resourceType: "Consent",
  status: more.status ?? "active",
  category: [{ coding: [{ system: "urn:yitong:permit", code: more.code ?? "emergency" }] }],
  provision: {
    period: { end },
    actor: [{ ...(more.role && { extension: [{ url: "urn:yitong:role", valueCode: more.role }] }), reference: { reference: more.who ?? me } }],
  },
});

test("a record is open until the last permit of one's own ends", () => {
  const now = Date.parse("2026-05-04T16:00:00+08:00");
  const until = (...all: Resource[]) => openUntil(all, me, "doctor", now);
  const [soon, later] = ["2026-05-04T18:00:00+08:00", "2026-05-05T00:00:00+08:00"];
  expect(until(consent(soon, { role: "doctor" }), consent(later))).toBe(later);
  expect(until(consent("2026-05-04T15:59:00+08:00"))).toBe("");
  for (const other of [{ status: "inactive" }, { who: "Practitioner/zhao" }, { role: "nurse" }, { code: "visit" }]) expect(until(consent(later, other))).toBe("");
  expect(openUntil([consent(later)], undefined, "doctor", now)).toBe("");
});

test("clinicians who treat may open records, and nobody else", () => {
  expect((["doctor", "nurse", "pharmacist", "technician", "office", "administrator", "resident", "operator"] as const).filter(mayOpen)).toEqual(["doctor", "nurse", "pharmacist"]);
});

test("who keeps a record stands in its meta", () => {
  const extension = [{ url: "urn:yitong:custodian", valueReference: { reference: "Organization/a" } }];
  expect([keeperOf({ resourceType: "Patient", meta: { extension } }), keeperOf({ resourceType: "Patient" })]).toEqual(["Organization/a", ""]);
});
