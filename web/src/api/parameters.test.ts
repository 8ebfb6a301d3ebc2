import { afterEach, expect, test, vi } from "vitest";
import { operate, type Parameters, read } from "./parameters";

afterEach(() => vi.unstubAllGlobals());

test("Parameters are read by name: lists, parts, references and resources", () => {
  const from: Parameters = {
    resourceType: "Parameters",
    parameter: [
      {
        name: "case",
        part: [{ name: "process", valueString: "correction" }, { name: "late", valueBoolean: true }, { name: "code", valueCode: "a" }],
      },
      { name: "of", valueReference: { reference: "Organization/a" } },
      { name: "next", valueString: "p" },
      { name: "next", valueString: "q" },
    ],
  };
  expect(read(from, ["case", "case.code", "count"])).toEqual({
    case: [{ process: "correction", late: true, code: ["a"] }],
    count: [],
    of: "Organization/a",
    next: ["p", "q"],
  });
});

/** A server that answers as told, and what it was asked. */
function server(answer: unknown) {
  const asked: { path: string; method: string | undefined; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    asked.push({ path, method: init.method, body: init.body && JSON.parse(String(init.body)) });
    return new Response(JSON.stringify(answer), { headers: { ETag: 'W/"3"' } });
  });
  return asked;
}

test("what only reads is asked by GET, and read as it is declared", async () => {
  const asked = server({ resourceType: "Parameters", parameter: [{ name: "next", valueString: "p" }] });
  const box = await operate("Task/$inbox", { of: "office", late: true, process: undefined }, {});
  expect(asked).toEqual([{ path: "/fhir/Task/$inbox?of=office&late=true", method: "GET", body: undefined }]);
  expect(box).toEqual({ data: { case: [], count: [], next: "p" }, etag: 'W/"3"' });
});

test("what must not stand in an address is posted, though GET would do; what is undefined is left out", async () => {
  const asked = server({ resourceType: "Parameters" });
  await operate("$rules-list", { rule: "r", region: undefined }, { posted: true });
  expect(asked).toEqual([{ path: "/fhir/$rules-list", method: "POST", body: { resourceType: "Parameters", parameter: [{ name: "rule", valueString: "r" }] } }]);
});

test("lists within parts are lists", async () => {
  server({ resourceType: "Parameters", parameter: [{ name: "kept", part: [{ name: "name", valueString: "reason" }] }] });
  const { data } = await operate("Task/[id]/$moves", {}, { id: "1" });
  expect(data.kept).toEqual([{ name: "reason", code: [] }]);
});

test("references that come with what they are called keep it, and others do not", async () => {
  const told = (reference: string, display?: string) => ({ reference, ...(display && { display }) });
  const department = { name: "department", valueReference: told("HealthcareService/1", "心内科") };
  const cases = [{ name: "case", valueReference: told("Task/1", "x") }, { name: "resident", valueReference: told("Patient/1") }];
  server({ resourceType: "Parameters", parameter: [{ name: "whole", valueBoolean: true }, { name: "department", part: [department] }, { name: "case", part: cases }] });
  const { data } = await operate("Task/$referral-board", { side: "sending" }, {});
  expect(data).toEqual({
    whole: true, state: [],
    department: [{ department: { reference: "HealthcareService/1", display: "心内科" } }],
    case: [{ case: "Task/1", resident: { reference: "Patient/1", display: "" } }],
  });
});

test("what changes something goes as Parameters, each value by its member, and a resource comes as it is", async () => {
  const asked = server({ resourceType: "Task", id: "7" });
  await operate("Task/$move-many", { case: ["Task/1", "Task/2"], move: "accept" }, {});
  expect(asked[0]?.body).toEqual({
    resourceType: "Parameters",
    parameter: [
      { name: "case", valueReference: { reference: "Task/1" } },
      { name: "case", valueReference: { reference: "Task/2" } },
      { name: "move", valueString: "accept" },
    ],
  });
  const { data } = await operate("Task/[id]/$move", { move: "accept" }, { id: "a/b" });
  expect([asked[1]?.path, asked[1]?.method, data.id]).toEqual(["/fhir/Task/a%2Fb/$move", "POST", "7"]);
});

test("parts go as parts, and a reading operation whose values fit into no query by POST", async () => {
  const asked = server({ resourceType: "Parameters" });
  const row = { region: "33", from: "2026-01-01", key: ["k"], value: "v", source: "s" };
  await operate("$rules-draft", { rule: "r", region: "33", from: "2026-01-01", row: [row] }, {});
  expect((asked[0]?.body as Parameters).parameter?.at(-1)).toEqual({
    name: "row",
    part: [
      { name: "region", valueString: "33" }, { name: "from", valueDate: "2026-01-01" }, { name: "key", valueString: "k" },
      { name: "value", valueString: "v" }, { name: "source", valueString: "s" },
    ],
  });
  await operate("$validate", { resource: { resourceType: "Patient" } }, {});
  const body = { parameter: [{ name: "resource", resource: { resourceType: "Patient" } }] };
  expect(asked[1]).toMatchObject({ path: "/fhir/$validate", method: "POST", body });
});

test("what the server does not declare does not compile", () => {
  const wrong = [
    // @ts-expect-error there is no such operation
    () => operate("Task/$none", {}, {}),
    // @ts-expect-error there is no such scope
    () => operate("Task/$inbox", { of: "all" }, {}),
    // @ts-expect-error a move needs its code
    () => operate("Task/[id]/$move", {}, { id: "1" }),
    // @ts-expect-error the case is not named
    () => operate("Task/[id]/$moves", {}, {}),
    // @ts-expect-error an inbox has no such element
    async () => (await operate("Task/$inbox", {}, {})).data.open,
  ];
  expect(wrong).toHaveLength(5);
});
