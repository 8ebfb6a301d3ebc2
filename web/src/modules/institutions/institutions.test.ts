import { expect, test } from "vitest";
import type { Resource } from "../../api/fhir";
import type { Acting } from "../../app/session";
import { editable, extensible, institutionBody, institutionFields, institutionValues, institutionWrong } from "./forms";
import { fitting, type Institution, institutionOf, treeOf } from "./institutions";

const operator: Acting = { source: "o", role: "operator" };
const boss: Acting = { source: "b", role: "administrator", institution: "Organization/a" };

const hospital: Resource = {
  resourceType: "Organization", id: "a", meta: { versionId: "3" }, active: true, name: "甲医院",
  identifier: [{ system: "urn:oid:2.16.156.10011.1.5", value: "12429904CL0000047Y" }],
  type: [
    { coding: [{ system: "http://terminology.hl7.org/CodeSystem/organization-type", code: "prov", display: "Healthcare Provider" }], text: "综合医院" },
    { coding: [{ system: "urn:yitong:codesystem:hospital-level", code: "3A", display: "三级甲等" }] },
  ],
  telecom: [{ system: "email", value: "a@a.example" }, { system: "phone", value: "0700-1", use: "work" }],
  address: [{ text: "某市甲区一号", line: ["一号"], city: "某市", district: "甲区", _district: { extension: [{ url: "x" }] } }, { text: "旧址" }],
};

test("an Organization is read: what it is, its level, where it is and how to reach it", () => {
  expect(institutionOf(hospital, "zh-CN")).toEqual({
    id: "a", name: "甲医院", alias: "", kind: "综合医院", level: "三级甲等", district: "甲区", address: "某市甲区一号", phone: "0700-1", credit: "12429904CL0000047Y", active: true, parent: undefined,
  });
  expect(institutionOf({ resourceType: "Organization", id: "b", active: false }, "en")).toMatchObject({ name: "b", kind: "", active: false });
});

const one = (id: string, more: Partial<Institution> = {}): Institution => ({ ...institutionOf({ resourceType: "Organization", id, name: id }, "en"), ...more });
const under = (id: string) => ({ parent: { reference: `Organization/${id}` } });
const shape = (tree: Institution[]): unknown[] => tree.map((i) => (i.children ? [i.id, shape(i.children)] : i.id));

test("institutions stand under what they are part of, those of others and of circles at the top, each once", () => {
  const all = [one("c", under("b")), one("b", under("a")), one("a"), one("d", under("elsewhere")), one("e", under("f")), one("f", under("e")), one("g", under("g"))];
  expect(shape(treeOf(all))).toEqual([["a", [["b", ["c"]]]], "d", "e", "f", "g"]);
  expect(treeOf([])).toEqual([]);
});

test("a filter takes text, district and kind together", () => {
  const all = [one("a", { name: "甲医院", district: "甲区", kind: "医院" }), one("b", { name: "乙中心", alias: "甲站", district: "乙区", kind: "中心" })];
  const ids = (text: string, district: string, kind: string) => fitting(all, { text, district, kind }).map((i) => i.id);
  expect([ids("甲", "", ""), ids(" B ", "", ""), ids("甲", "乙区", ""), ids("", "甲区", "中心")]).toEqual([["a", "b"], ["b"], ["b"], []]);
});

test("a change that changes nothing writes what was there", () => {
  expect(institutionBody(operator, institutionValues(hospital, "en"), "en", hospital)).toEqual(hospital);
});

test("what is changed is changed alone, and what it makes untrue goes", () => {
  const changed = institutionBody(operator, { ...institutionValues(hospital, "en"), phone: "0700-2", district: "乙区", alias: "甲", active: "false" }, "en", hospital);
  expect(changed["telecom"]).toEqual([{ system: "email", value: "a@a.example" }, { system: "phone", value: "0700-2", use: "work" }]);
  expect(changed["address"]).toEqual([{ text: "某市甲区一号", line: ["一号"], city: "某市", district: "乙区" }, { text: "旧址" }]);
  expect([changed["alias"], changed["active"], changed["type"], changed["identifier"]]).toEqual([["甲"], false, hospital["type"], hospital["identifier"]]);
  const bare = institutionBody(operator, { ...institutionValues(hospital, "en"), phone: "", address: "" }, "en", hospital);
  expect(bare["telecom"]).toEqual([{ system: "email", value: "a@a.example" }]);
  expect((bare["address"] as object[])[0]).not.toHaveProperty("line");
});

test("an operator makes an institution, an administrator a department of the own one", () => {
  const made = institutionBody(operator, { name: "丙中心", kind: "prov", credit: "12429904CL0000047Y", parent: "Organization/a", phone: "1" }, "en");
  expect(made).toEqual({
    resourceType: "Organization", active: true, name: "丙中心", telecom: [{ system: "phone", use: "work", value: "1" }], partOf: { reference: "Organization/a" },
    type: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/organization-type", code: "prov" }], text: "医疗卫生机构" }],
    identifier: [{ use: "official", system: "urn:oid:2.16.156.10011.1.5", value: "12429904CL0000047Y" }],
  });
  const department = institutionBody(boss, { name: "疼痛门诊", kind: "prov", parent: "Organization/b" }, "en");
  expect(department).toMatchObject({ partOf: { reference: "Organization/a" }, type: [{ text: "科室" }] });
  expect(institutionFields(boss, "en").map((f) => f.name)).not.toContain("parent");
});

test("who may change what", () => {
  const part: Resource = { resourceType: "Organization", id: "p", partOf: { reference: "Organization/a" } };
  expect([editable(operator, hospital), editable(boss, hospital), editable(boss, part), editable({ ...boss, institution: "Organization/b" }, part), editable({ source: "r", role: "regulator" }, part)]).toEqual([true, false, true, false, false]);
  expect([extensible(boss, "a"), extensible(boss, "b"), extensible(operator, "a")]).toEqual([true, false, false]);
  expect(institutionWrong({ credit: "12" }, "en")).toHaveProperty("credit");
  expect(institutionWrong({ credit: "" }, "en")).toEqual({});
});
