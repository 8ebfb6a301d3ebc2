import { describe, expect, test } from "vitest";
import type { Resource } from "../../api/fhir";
import { type Agreement, agreementsOf, distanceOf, hospitalsOf, isAbove, wayOf } from "./agreements";

const role = (code: string) => ({ coding: [{ system: "urn:yitong:codesystem:alliance-role", code }] });
const level = (code: string) => ({ coding: [{ system: "urn:yitong:codesystem:hospital-level", code, display: code }] });

function affiliation(of: string, codes: unknown[], services: string[] = [], more: object = {}): Resource {
  return {
    resourceType: "OrganizationAffiliation", active: true, organization: { reference: "Organization/alliance" }, participatingOrganization: { reference: `Organization/${of}` }, code: codes,
    healthcareService: services.map((s) => ({ reference: `HealthcareService/${s}` })), ...more,
  };
}

const today = "2026-06-01";
const read = (...all: Resource[]) => agreementsOf(all, today, "zh-CN");

test("agreements count on the days on which they hold", () => {
  expect(read(affiliation("a", [], [], { period: { start: "2026-06-02" } }))).toEqual([]);
  expect(read(affiliation("a", [], [], { period: { end: "2026-05-31" } }))).toEqual([]);
  expect(read(affiliation("a", [], [], { active: false }))).toEqual([]);
  expect(read(affiliation("a", [role("lead"), role("green-channel"), level("3A")], ["x"], { period: { start: "2026-06-01", end: "2026-06-01" } }))).toEqual([
    { alliance: "Organization/alliance", institution: "Organization/a", level: "3A", levelName: "三级甲等", leads: true, partner: false, green: true, services: ["HealthcareService/x"] },
  ]);
});

test("which hospital is the higher one", () => {
  const of = (codes: unknown[]) => read(affiliation("a", codes))[0] as Agreement;
  expect(isAbove(of([level("3A")]), of([level("2A")]))).toBe(true);
  expect(isAbove(of([level("3A")]), of([level("3B")]))).toBe(false); // of one level
  expect(isAbove(of([role("lead")]), of([role("member")]))).toBe(true);
  expect(isAbove(of([role("partner")]), of([role("lead")]))).toBe(false);
  expect(isAbove(of([role("member")]), of([level("1A")]))).toBe(false);
});

describe("where a referral may lead", () => {
  const organization = (id: string): Resource => ({ resourceType: "Organization", id, name: id });
  const service = (id: string, of: string, more: object = {}): Resource => ({ resourceType: "HealthcareService", id, name: id, active: true, providedBy: { reference: `Organization/${of}` }, location: [{ reference: `Location/${of}` }], ...more });
  const place = (id: string, latitude: number): Resource => ({ resourceType: "Location", id, position: { latitude, longitude: 114 } });
  const named = new Map([
    organization("near"), organization("far"), organization("centre"), service("heart", "near"), service("closed", "near", { active: false }), service("bones", "far"), service("not-theirs", "near"),
    service("family", "centre"), place("near", 30.01), place("far", 31),
  ].map((r) => [`${r.resourceType}/${r.id}`, r]));
  const mine = read(affiliation("me", [role("member"), level("2A")]));
  const all = read(
    affiliation("far", [level("3A"), role("green-channel")], ["bones", "not-theirs"]), affiliation("near", [level("3A")], ["heart", "closed", "gone"]), affiliation("centre", [role("member")], ["family"]),
    affiliation("me", [role("member"), level("2A")], ["family"]), { ...affiliation("other", [level("3A")], ["heart"]), organization: { reference: "Organization/another" } },
  );
  const known = { mine, all, named, here: { latitude: 30, longitude: 114 } };
  const names = (...of: Parameters<typeof hospitalsOf>) => hospitalsOf(...of).map((h) => [h.name, ...h.departments.map((d) => d.name)]);

  test("up to higher hospitals, the nearest first, with the departments that are theirs and open", () => {
    expect(names(known, "up", false)).toEqual([["near", "heart"], ["far", "bones"]]);
    expect(hospitalsOf(known, "up", false)[0]?.distance).toBeCloseTo(1.1, 1);
  });
  test("down to lower institutions", () => expect(names(known, "down", false)).toEqual([["centre", "family"]]));
  test("by the green channel only where it is agreed", () => expect(names(known, "up", true)).toEqual([["far", "bones"]]));
  test("to nobody who was asked before", () => expect(names(known, "up", false, ["Organization/near"])).toEqual([["far", "bones"]]));
  test("nowhere without an agreement of one's own", () => expect(names({ ...known, mine: [] }, "up", false)).toEqual([]));
});

test("distances are in km", () => expect(distanceOf({ latitude: 30, longitude: 114 }, { latitude: 31, longitude: 114 })).toBeCloseTo(111.2, 0));

test("other processes go no way", () => expect([wayOf("referral-up"), wayOf("referral-down"), wayOf("correction"), wayOf(undefined)]).toEqual(["up", "down", undefined, undefined]));
