import { afterEach, expect, test, vi } from "vitest";
import { operations } from "../../api/declared";
import { type AuditEvent, calledOf, deedOf, namedIn, onOf, toldOf } from "./event";
import { patientOf, print, queryOf, read } from "./filter";
import { named } from "./Picker";
import { judged } from "./sealed";
import { deeds } from "./words";

const now = new Date("2026-05-06T17:00:00Z"); // the 7th in the region
const coding = (system: string, code: string) => ({ coding: [{ system, code }] });
const event = (over: Partial<AuditEvent> = {}): AuditEvent => ({
  resourceType: "AuditEvent", id: "e", recorded: "2026-05-06T10:00:00Z", outcome: "0",
  subtype: [{ system: "http://hl7.org/fhir/restful-interaction", code: "read" }],
  agent: [
    { who: { reference: "Practitioner/a" }, requestor: true, role: [coding("urn:yitong:role", "doctor")], network: { address: "10.0.0.1" } },
    { type: coding("urn:yitong:agent", "institution"), who: { reference: "Organization/h" } },
    { type: coding("urn:yitong:agent", "program"), who: { identifier: { system: "urn:yitong:client", value: "his" } } },
  ],
  entity: [
    { what: { reference: "Patient/p" }, role: { code: "1" } },
    { what: { reference: "Observation/o/_history/2" }, role: { code: "4" }, lifecycle: { code: "6" } },
    { what: { reference: "Consent/c" }, role: { code: "13" } },
  ],
  ...over,
});

afterEach(() => vi.unstubAllGlobals());

test("a name that is looked for stands in no address; that there are more is told", async () => {
  const asked: { path: string; body: string }[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    asked.push({ path, body: String(init.body) });
    return new Response(JSON.stringify({ resourceType: "Bundle", link: [{ relation: "next", url: "https://x/fhir/Practitioner?_cursor=1" }], entry: [{ resource: { resourceType: "Practitioner", id: "a" } }] }));
  });
  const found = await named("Practitioner", "王芳");
  expect(found).toMatchObject({ all: [{ id: "a" }], more: true });
  expect(asked).toEqual([{ path: "/fhir/Practitioner/_search", body: `_count=20&name=${encodeURIComponent("王芳")}` }]);
});

test("an event tells who, for whom, by what, and what became of each record that it names", () => {
  expect(toldOf(event())).toMatchObject({
    who: "Practitioner/a", as: "doctor", institution: "Organization/h", program: "his", did: "read", outcome: "done", from: "10.0.0.1", residents: ["Patient/p"],
    things: [{ type: "Observation", reference: "Observation/o", version: "2", fate: "seen" }, { type: "Consent", reference: "Consent/c", version: "", fate: "permit" }],
  });
  expect(onOf(toldOf(event()), "en")).not.toMatch(/Consent|consent/);
});

test("what has no reference is told by what it is, and the platform by its name", () => {
  const told = toldOf(event({ agent: [{ who: { identifier: { system: "urn:yitong:account", value: "account-12345678" } }, requestor: true }], entity: [] }));
  expect(told.who).toBe("account/account-12345678");
  expect(calledOf(told.who, new Map(), "zh-CN")).toBe("账户 …12345678");
  expect(calledOf("", new Map(), "en")).toBe("The platform");
  expect(calledOf("Practitioner/a", new Map([["Practitioner/a", "赵一"]]), "en")).toBe("赵一");
  expect(namedIn([told, toldOf(event())])).toEqual(["Practitioner/a", "Organization/h"]);
});

test("outcomes that R4 has one code for are told apart, and operations by their names", () => {
  const denied = event({ outcome: "4", outcomeDesc: "denied", subtype: [{ system: "urn:yitong:operation", code: "no-such" }, { system: "urn:yitong:outcome", code: "denied" }] });
  expect(toldOf(denied)).toMatchObject({ outcome: "denied", did: "no-such" });
  expect([deedOf("no-such", "en"), deedOf("sign-in", "en")]).toEqual(["no-such", "Sign in"]);
  expect(toldOf(event({ outcome: "8" })).outcome).toBe("failed");
});

test("criteria are read, and shown as they are where they cannot be", () => {
  const kept = (query: string) => toldOf(event({ entity: [{ query, role: { code: "24" } }] })).query;
  expect(kept(btoa("name=a%26b&date=ge2026"))).toBe("name=a&b\ndate=ge2026");
  expect(kept("%%")).toBe("%%");
});

test("several kinds of records are counted", () => {
  const many = event({ entity: ["Observation/1", "Observation/2", "Condition/1"].map((reference) => ({ what: { reference }, role: { code: "4" } })) });
  expect(onOf(toldOf(many), "zh-CN")).toMatch(/×2、/);
  expect(onOf(toldOf(event({ entity: [{ type: { system: "http://hl7.org/fhir/resource-types", code: "Patient" } }] })), "zh-CN")).not.toBe("");
});

test("the address says what is looked for, today unless it says otherwise", () => {
  const of = (text: string) => read(new URLSearchParams(text), now);
  expect(of("")).toMatchObject({ from: "2026-05-07", to: "", outcome: "" });
  expect(of("from=").from).toBe("");
  expect(of("who=javascript:x&about=Patient/p&outcome=strange&did=<b>")).toMatchObject({ who: "", about: "Patient/p", outcome: "", did: "" });
  const said = "from=2026-05-01&to=2026-05-03&who=Practitioner%2Fa&outcome=denied";
  expect(print(of(said), now).toString()).toBe(said);
  expect(print(of(""), now).toString()).toBe("");
});

test("the search names person and institution apart, and outcomes by what the trail calls them", () => {
  const query = (text: string) => new URLSearchParams(queryOf(read(new URLSearchParams(text), now)).split("?")[1]);
  const asked = query("who=Practitioner/a&institution=Organization/h&outcome=absent&did=move&to=2026-05-08");
  expect(asked.getAll("agent")).toEqual(["Practitioner/a", "Organization/h"]);
  expect(asked.getAll("subtype")).toEqual(["move", "urn:yitong:outcome|absent"]);
  expect(asked.getAll("date")).toEqual(["ge2026-05-07", "le2026-05-08"]);
  expect(query("outcome=done").get("outcome")).toBe("0");
});

test("a resident is named by an id in any form, and never by a number of a document", () => {
  expect(["p-1", "Patient/p-1", "https://h/app/record/Patient/p-1", "https://h/app/residents/p-1"].map(patientOf)).toEqual(Array(4).fill("Patient/p-1"));
  expect(["110101198405061236", "11010119840506123X", "王小红", "a b", ""].map(patientOf)).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

test("sealing is judged by the end of the log and by what waits", () => {
  const s = { batches: 40, waiting: 3, sealed: 39, fits: true, log: "l/1" };
  expect(judged(s)).toBe("whole");
  expect([judged({ ...s, sealed: 2 }), judged({ ...s, fits: false }), judged({ ...s, sealed: 41 }), judged({ batches: 4, waiting: 0, sealed: 0, fits: false })]).toEqual(["late", "broken", "broken", "none"]);
});

test("every operation that the server declares has a name", () => {
  const names = Object.keys(operations).map((at) => at.slice(at.lastIndexOf("$") + 1));
  expect(names.filter((name) => !deeds[name])).toEqual([]);
});
