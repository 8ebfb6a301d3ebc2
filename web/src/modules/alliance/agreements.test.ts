import { expect, test } from "vitest";
import type { Resource } from "../../api/fhir";
import { type Agreement, agreementBody, agreementOf, alliancesOf, type Chosen, endedBody, leads, levelOf, stateOf, wrongIn } from "./agreements";

const today = "2026-11-23";
const role = (code: string) => ({ coding: [{ system: "urn:yitong:codesystem:alliance-role", code }] });
const level = (code: string) => ({ coding: [{ system: "urn:yitong:codesystem:hospital-level", code }] });

const affiliation = (id: string, lead: string, of: string, more: Partial<Resource> = {}): Resource => ({
  resourceType: "OrganizationAffiliation", id, meta: { versionId: "3" }, active: true, organization: { reference: `Organization/${lead}` }, participatingOrganization: { reference: `Organization/${of}`, display: `医院${of}` },
  network: [{ reference: `Organization/n-${lead}`, display: `医联体${lead}` }], code: [role(lead === of ? "lead" : "member")], period: { start: "2024-01-01", end: "2028-12-31" }, ...more,
});
const read = (r: Resource, named = new Map<string, Resource>()): Agreement => agreementOf(r, named, today);

test("an agreement is read: who leads, which part, level, channel and departments; names that it lacks come from beside it", () => {
  const named = new Map<string, Resource>([["Organization/a", { resourceType: "Organization", id: "a", name: "甲医院" }], ["HealthcareService/s", { resourceType: "HealthcareService", id: "s", name: "内科" }]]);
  const a = read(affiliation("x", "a", "a", { code: [role("lead"), level("3A"), role("green-channel")], healthcareService: [{ reference: "HealthcareService/s" }] }), named);
  expect(a).toMatchObject({ part: "lead", level: "3A", green: true, lead: { display: "甲医院" }, alliance: { display: "医联体a" }, services: [{ display: "内科" }], state: "holds" });
  const bare = read({ resourceType: "OrganizationAffiliation", id: "y", organization: { reference: "Organization/a" } });
  expect(bare).toMatchObject({ part: "member", level: "", green: false, services: [], alliance: { reference: "Organization/a" }, start: "", end: "" });
});

test("it holds from its first day to its last, both included, and not once it has ended", () => {
  const at = (period: object, active = true) => stateOf({ resourceType: "OrganizationAffiliation", active, period }, today);
  expect([at({}), at({ start: today, end: today }), at({ start: "2026-11-24" }), at({ end: "2026-11-22" }), at({}, false)]).toEqual(["holds", "holds", "later", "past", "ended"]);
});

test("alliances stand by who leads, one's own first; in each those that hold, the lead, higher hospitals before others", () => {
  const all = [
    affiliation("1", "a", "c"), affiliation("2", "a", "b", { code: [role("member"), level("2A")] }), affiliation("3", "a", "a"), affiliation("4", "a", "p", { code: [role("partner"), level("3A")] }),
    affiliation("5", "a", "old", { active: false, code: [role("member"), level("3A")] }), affiliation("6", "z", "z"), affiliation("7", "z", "p", { code: [role("partner")] }), affiliation("8", "z", "q"),
  ].map((r) => read(r));
  const [first, second] = alliancesOf(all, "Organization/q");
  expect([first?.name, second?.name]).toEqual(["医联体z", "医联体a"]);
  expect(second?.agreements.map((a) => a.id)).toEqual(["3", "2", "1", "4", "5"]);
  expect(alliancesOf(all, undefined).map((a) => a.name)).toEqual(["医联体a", "医联体z"]);
});

test("only the institution that leads keeps agreements, as long as its own holds", () => {
  const of = (own: Partial<Resource>) => alliancesOf([affiliation("1", "a", "a", own), affiliation("2", "a", "b")].map((r) => read(r)), "Organization/a")[0];
  expect([leads(of({}), "Organization/a"), leads(of({}), "Organization/b"), leads(of({}), undefined), leads(undefined, "Organization/a")]).toEqual([true, false, false, false]);
  expect([leads(of({ active: false }), "Organization/a"), leads(of({ code: [role("member")] }), "Organization/a")]).toEqual([false, false]);
});

const chosen: Chosen = { institution: "Organization/c", part: "partner", level: "3A", green: true, services: ["HealthcareService/s"], start: "2026-12-01", end: "" };

test("a new agreement is of the lead and its alliance, and says all that is chosen", () => {
  const names = new Map([["Organization/c", "丙医院"], ["HealthcareService/s", "内科"]]);
  const own = affiliation("1", "a", "a");
  expect(JSON.parse(JSON.stringify(agreementBody(chosen, names, { own })))).toEqual({
    resourceType: "OrganizationAffiliation", active: true, organization: own["organization"], network: own["network"], participatingOrganization: { reference: "Organization/c", display: "丙医院" },
    code: [
      { coding: [{ system: "urn:yitong:codesystem:alliance-role", code: "partner", display: "合作医院" }] },
      { coding: [{ system: "urn:yitong:codesystem:hospital-level", code: "3A", display: "三级甲等" }] },
      { coding: [{ system: "urn:yitong:codesystem:alliance-role", code: "green-channel", display: "绿色通道" }] },
    ],
    period: { start: "2026-12-01" }, healthcareService: [{ reference: "HealthcareService/s", display: "内科" }],
  });
});

test("a change keeps what the form does not ask for, and takes out what is not chosen any more", () => {
  const other = { coding: [{ system: "x", code: "y" }] };
  const old = affiliation("1", "a", "c", { code: [role("member"), level("2A"), other], healthcareService: [{ reference: "HealthcareService/s" }], extension: [{ url: "e" }] });
  const body = agreementBody({ ...chosen, part: "member", level: "", green: false, services: [], end: "2027-01-01" }, new Map(), { old });
  expect(body).toMatchObject({ id: "1", meta: { versionId: "3" }, network: old["network"], extension: [{ url: "e" }], period: { start: "2026-12-01", end: "2027-01-01" } });
  expect(body["code"]).toEqual([{ coding: [{ system: "urn:yitong:codesystem:alliance-role", code: "member", display: "成员单位" }] }, other]);
  expect(body).not.toHaveProperty("healthcareService");
});

test("what has ended says when, unless that was before or it never began", () => {
  const end = (period: object) => (JSON.parse(JSON.stringify(endedBody(read(affiliation("1", "a", "c", { period })), today))) as Resource)["period"];
  expect(endedBody(read(affiliation("1", "a", "c")), today)).toMatchObject({ id: "1", active: false });
  expect([end({ start: "2024-01-01" }), end({ start: "2024-01-01", end: "2025-01-01" }), end({ start: "2027-01-01" })]).toEqual([{ start: "2024-01-01", end: today }, { start: "2024-01-01", end: "2025-01-01" }, { start: "2027-01-01" }]);
});

test("what is wrong with what is chosen", () => {
  expect(wrongIn(chosen)).toEqual([]);
  expect(wrongIn({ ...chosen, institution: "", start: "" })).toEqual(["institution", "start"]);
  expect(wrongIn({ ...chosen, end: "2026-11-30" })).toEqual(["end"]);
});

test("departments say how many a day, and institutions their level", () => {
  expect([levelOf({ resourceType: "Organization", type: [{ text: "x" }, level("2A")] }), levelOf(undefined)]).toEqual(["2A", ""]);
});
