import { expect, test } from "vitest";
import { codingOf, conceptOf } from ".";

const scope = { system: "http://terminology.hl7.org/CodeSystem/consentscope", code: "patient-privacy", display: "Privacy Consent" };

test("a coding is called what it says, in the reader's language where we know its code", () => {
  expect([codingOf(scope, "zh-CN"), codingOf(scope, "en")]).toEqual(["隐私授权", "Privacy Consent"]);
  expect([codingOf({ ...scope, display: "隐私同意书" }, "zh-CN"), codingOf({ ...scope, display: "隐私同意书" }, "en")]).toEqual(["隐私同意书", "Privacy consent"]);
  expect(codingOf({ system: scope.system, code: "patient-privacy" }, "zh-CN")).toBe("隐私授权");
  expect(conceptOf({ coding: [scope] }, "zh-CN")).toBe("隐私授权");
});

test("codes of others keep the names that they bring, though one of ours is alike", () => {
  for (const system of ["http://hl7.org/fhir/sid/icd-10", "urn:oid:1.2.3", "http://snomed.info/sct"]) {
    expect(codingOf({ system, code: "active", display: "Active substance" }, "zh-CN")).toBe("Active substance");
  }
  expect(codingOf({ system: scope.system, code: "unheard-of", display: "Unheard of" }, "zh-CN")).toBe("Unheard of");
});
