import { expect, test } from "vitest";
import type { Resource } from "../../api/fhir";
import { identityOf, maskedOf } from "./identity";

const kinds = "urn:yitong:codesystem:identity-document";
const paper = (code: string, value: string, more = {}) => ({ type: { coding: [{ system: kinds, code }] }, value, ...more });
const patient = (identifier: unknown[], more = {}): Resource => ({ resourceType: "Patient", id: "p", name: [{ text: "赵胜林" }], gender: "male", birthDate: "1957-09-19", identifier, ...more });
const read = (of: Resource, beside: Resource[] = []) => identityOf(of, new Map(beside.map((r) => [`${r.resourceType}/${r.id}`, r])), "2026-11-23");

test("documents are known by their kind or by the system of their numbers, the official one first", () => {
  const found = read(patient([
    { system: "urn:oid:2.16.156.10011.1.2", value: "42990400100200001", use: "usual" },
    paper("02", "420000024"),
    { system: "urn:oid:2.16.156.10011.1.3", value: "429904195709190010", use: "official" },
    { type: { text: "就诊卡号" }, system: "https://hospital.example/card", value: "00012" },
    { value: "1" },
  ]));
  expect(found.papers.map((p) => [p.kind[0], p.number])).toEqual([
    ["居民身份证", "429904195709190010"], ["居民健康档案", "42990400100200001"], ["居民户口簿", "420000024"], ["就诊卡号", "00012"], ["其他有效证件", "1"],
  ]);
  expect([found.called, found.card, found.institution, found.doctor]).toEqual(["赵胜林", undefined, undefined, ""]);
});

test("a health card stands apart; what is old or has run out is not shown", () => {
  const found = read(patient([
    paper("109", "A0001", { use: "old" }), paper("109", "A0002"), paper("031", "E1", { period: { end: "2026-11-22" } }), paper("031", "E2", { period: { end: "2026-11-23T23:59:59+08:00" } }), paper("01", ""),
  ]));
  expect(found.card?.number).toBe("A0002");
  expect(found.papers.map((p) => p.number)).toEqual(["E2"]);
});

test("the institution and the doctor are named by what came with the Patient, else by what the reference says", () => {
  const links = { managingOrganization: { reference: "Organization/c", display: "中心" }, generalPractitioner: [{ reference: "Organization/c" }, { reference: "Practitioner/d" }] };
  expect(read(patient([], links)).institution).toEqual({ called: "中心", phone: "" });
  const found = read(patient([], links), [
    { resourceType: "Organization", id: "c", name: "澄岚社区卫生服务中心", telecom: [{ system: "fax", value: "1" }, { system: "phone", value: "0700-0000009" }] },
    { resourceType: "Practitioner", id: "d", name: [{ text: "陈国涛" }] },
  ]);
  expect([found.institution, found.doctor]).toEqual([{ called: "澄岚社区卫生服务中心", phone: "0700-0000009" }, "陈国涛"]);
});

test("of a number at most half is shown", () => {
  expect(["429904195709190010", "YT0000001", "12345", "12", ""].map(maskedOf)).toEqual(["4299••••••0010", "YT•••••01", "1•••5", "••", ""]);
});
