import { expect, test } from "vitest";
import { dayOf } from "../../words/dates";
import { blank, consentOf, entrustedIn, isCitizenID, lastOf, monthsFrom, type Wish, wrongWith } from "./entrust";
import { letting as words } from "./words";

const chen: Wish = { ...blank, called: " 陈芳 ", number: "11010519491231002x" };

test("a number of an identity card has a date that there is and the right check character", () => {
  const valid = ["11010519491231002X", "440106198806151230", "440106198806151249", "11010020171225006X", "810000199001010019"];
  expect(valid.map(isCitizenID)).toEqual(valid.map(() => true));
  const wrong = ["44010620220229001X", "110105194912310021", "11010519491231002", "110105491231002", "", "ABCDEFGHIJKLMNOPQR"];
  expect(wrong.map(isCitizenID)).toEqual(wrong.map(() => false));
});

test("what is wrong is told at its field", () => {
  expect(wrongWith(chen, ["429904195709190010"])).toEqual({});
  expect(wrongWith(blank, [])).toEqual({ called: words.nameNeeded, number: words.numberNeeded });
  expect(wrongWith({ ...chen, called: "陈".repeat(51), number: "110105194912310021" }, [])).toEqual({ called: words.nameLong, number: words.numberWrong });
  expect(wrongWith(chen, ["11010519491231002X"])).toEqual({ number: words.numberOwn });
  expect(wrongWith({ ...chen, document: "record", number: "4299/04" }, [])).toEqual({ number: words.numberForm });
  expect(wrongWith({ ...chen, document: "record", number: "42990400100200006" }, [])).toEqual({});
});

test("months end on the same day, or on the last of a shorter month", () => {
  expect([monthsFrom("2026-11-23", 6), monthsFrom("2026-11-30", 3), monthsFrom("2027-08-31", 6), monthsFrom("2026-12-31", 12)]).toEqual(["2027-05-23", "2027-02-28", "2028-02-29", "2027-12-31"]);
});

test("what ends at midnight ends on the day before", () => {
  expect([lastOf("2027-05-23T16:00:00Z"), lastOf("2027-05-24T00:00:00+08:00")].map(dayOf)).toEqual(["2027-05-23", "2027-05-23"]);
});

test("the Consent names the person by the number, until a day, for what was chosen; it is read as it was written", () => {
  const now = new Date("2026-11-23T01:00:00Z");
  const all = consentOf(chen, "c1", "Patient/li", now, "2026-11-23");
  expect(all["provision"]).toEqual({
    type: "permit",
    period: { start: "2026-11-23", end: "2027-05-23" },
    actor: [{
      role: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", code: "IRCP" }], text: "代办人" },
      reference: { identifier: { system: "urn:oid:2.16.156.10011.1.3", value: "11010519491231002X" }, display: "陈芳" },
    }],
  });
  const some = consentOf({ ...chen, part: "some", kinds: ["vaccines", "allergies"] }, "c2", "Patient/li", now, "2026-11-23");
  expect((some["provision"] as { class: { code: string }[] }).class.map((c) => c.code)).toEqual(["AllergyIntolerance", "Immunization", "Task"]);
  const stored = [all, some].map((c) => ({ ...c, meta: { versionId: "1" } }));
  const one = { version: "1", called: "陈芳", number: "11010519491231002X", until: "2027-05-23" };
  expect(entrustedIn(stored, "2027-05-23")).toEqual([{ ...one, consent: "c1", kinds: undefined }, { ...one, consent: "c2", kinds: ["allergies", "vaccines"] }]);
  expect(entrustedIn(stored, "2027-05-24")).toEqual([]);
});

test("Consents for institutions, practitioners or that withhold something let nobody act", () => {
  const consent = (provision: object, status = "active") => ({ resourceType: "Consent", id: "c", status, provision });
  const to = (reference: object) => ({ type: "permit", actor: [{ reference }] });
  expect(entrustedIn([
    consent(to({ reference: "Organization/h" })),
    consent(to({ reference: "Practitioner/d", display: "陈敏" })),
    consent(to({ type: "Organization", identifier: { system: "s", value: "1" } })),
    consent({ type: "deny", data: [] }),
    consent(to({ reference: "Patient/w" }), "inactive"),
    { resourceType: "OperationOutcome" },
  ], "2026-11-23")).toEqual([]);
  expect(entrustedIn([consent(to({ reference: "Patient/w" }))], "2026-11-23")).toMatchObject([{ called: "", number: "", until: "", kinds: undefined }]);
});
