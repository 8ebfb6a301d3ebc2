import { expect, test } from "vitest";
import type { Resource } from "../../api/fhir";
import { agreementOf } from "./agreements";
import { capacityOf, takes, withCapacity } from "./capacity";

const other = { url: "urn:other", valueString: "x" };
const perDay = (valueInteger: number) => ({ url: "urn:yitong:referrals-a-day", valueInteger });
const service = (...extension: object[]): Resource =>
  ({ resourceType: "HealthcareService", id: "heart", name: "心内科", ...(extension.length > 0 && { extension }) });

test("how many referrals a day a department takes", () => {
  const all = [service(other, perDay(5)), service(perDay(0)), service(other), undefined];
  expect(all.map(capacityOf)).toEqual([5, 0, undefined, undefined]);
});

test("what else a department says stays", () => {
  expect(withCapacity(service(other, perDay(5)), 8)).toEqual(service(other, perDay(8)));
  expect(withCapacity(service(), 0)).toEqual(service(perDay(0)));
  expect(withCapacity(service(other, perDay(5)), undefined)).toEqual(service(other));
  expect(withCapacity(service(perDay(5)), undefined)).toEqual(service());
});

test("a department takes referrals while an agreement holds that says so", () => {
  const agreed = (services: string[], more: object = {}) => {
    const healthcareService = services.map((s) => ({ reference: `HealthcareService/${s}` }));
    return agreementOf({ resourceType: "OrganizationAffiliation", healthcareService, ...more }, new Map(), "2026-06-01");
  };
  expect(takes([agreed(["bones"]), agreed(["heart"])], service())).toBe(true);
  expect(takes([agreed(["bones"]), agreed(["heart"], { period: { end: "2026-05-31" } })], service())).toBe(false);
});
