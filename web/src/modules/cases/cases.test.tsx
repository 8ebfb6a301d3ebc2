import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, renderHook, screen, waitFor } from "@testing-library/react";
import { App } from "antd";
import type { ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { WhoProvider } from "../../app/session";
import { type Case, keys, partsOf, type Place, type Possible, type Step, type Task } from "./cases";
import { linesOf } from "./kept";
import { MoveMany } from "./MoveMany";
import { useMove } from "./moving";
import { rowsOf } from "./rows";

const place = (over: Partial<Place> = {}): Place => ({
  case: "Task/1", process: "correction", "process-zh": "更正申请", "process-en": "Correction", state: "open", "state-zh": "待处理", "state-en": "Open", late: false, waits: "institution", ...over,
});
const move: Possible = { code: "refuse", zh: "不予更正", en: "Refuse", doc: "", schema: '{"properties":{}}', "to-zh": "不予更正", "to-en": "Refused" };
const found: Case = { place: place(), version: 3, party: [], kept: [], move: [move] };
const steps: Step[] = [{ move: "request", to: "open", at: "2026-05-06T08:00:00Z" }];

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** A hook of moves over a server that answers as told, one answer after the other. */
function moving(...answers: (Response | Error)[]) {
  const asked: { method: string | undefined; headers: Record<string, string> }[] = [];
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    asked.push({ method: init.method, headers: init.headers as Record<string, string> });
    await new Promise((on) => setTimeout(on, 80));
    const answer = answers.shift();
    if (!answer || answer instanceof Error) throw answer ?? new Error("not asked for");
    return answer;
  });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(keys.case("1"), found);
  client.setQueryData(keys.history("1"), steps);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <WhoProvider who={{ signed: true, language: "zh-CN", large: false, zone: "Asia/Shanghai", called: "周芸" }}>{children}</WhoProvider>
    </QueryClientProvider>
  );
  return { asked, client, hook: renderHook(() => useMove("1", 3), { wrapper }).result };
}

const refusal = (status: number) => new Response(JSON.stringify({ resourceType: "OperationOutcome", issue: [{ severity: "error", diagnostics: "The case is refused, by the move refuse of X." }] }), { status });
const asking = { move, with: { resourceType: "Parameters" as const } };

test("a move is shown at once, and taken back when somebody was quicker", async () => {
  const { asked, client, hook } = moving(refusal(409));
  act(() => hook.current.mutate(asking));
  await waitFor(() => expect(client.getQueryData<Case>(keys.case("1"))?.place["state-en"]).toBe("Refused"), { interval: 5 });
  expect(client.getQueryData<Step[]>(keys.history("1"))?.at(-1)).toMatchObject({ move: "refuse", pending: true, called: "周芸" });
  await waitFor(() => expect(hook.current.isError).toBe(true));
  expect(client.getQueryData(keys.case("1"))).toEqual(found);
  expect(client.getQueryData(keys.history("1"))).toEqual(steps);
  expect(asked[0]?.headers["If-Match"]).toBe('W/"3"');
});

test("what may have been carried out is sent again under the same key; what was refused, under another", async () => {
  const { asked, hook } = moving(new TypeError("no network"), refusal(422), refusal(422));
  for (let i = 0; i < 3; i++) await act(() => hook.current.mutateAsync(asking).catch(() => {}));
  const sent = asked.map((a) => a.headers["Idempotency-Key"]);
  expect(sent[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(sent[1]).toBe(sent[0]);
  expect(sent[2]).not.toBe(sent[0]);
});

test("rows are named, filtered and sorted; without a wish the earliest deadline comes first", () => {
  const all = [place({ case: "Task/a", deadline: "2026-06-01" }), place({ case: "Task/b", deadline: "2026-05-01", resident: "Patient/li" }), place({ case: "Task/c" })];
  const residents = { "Patient/li": { resourceType: "Patient", id: "li", name: [{ text: "李晓明" }] } };
  const ids = (filter: string, sort: string) => rowsOf(all, residents, filter, sort, "zh-CN").map((r) => r.place.case);
  expect(ids("", "")).toEqual(["Task/b", "Task/a", "Task/c"]);
  expect(ids("", "-deadline")).toEqual(["Task/c", "Task/a", "Task/b"]);
  expect(ids("晓明", "")).toEqual(["Task/b"]);
});

/** Shows what can be done in several cases, over a server that answers with these moves; gives what it was asked. */
function choosing(names: string[], moves: Possible[]) {
  const asked: { path: string; body: string }[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    asked.push({ path, body: String(init.body) });
    const parts = moves.map((m) => ({ name: "move", part: Object.entries(m).map(([name, valueString]) => ({ name, valueString })) }));
    return new Response(JSON.stringify({ resourceType: "Parameters", parameter: parts }));
  });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <WhoProvider who={{ signed: true, language: "zh-CN", large: false, zone: "Asia/Shanghai" }}><App><MoveMany chosen={names} onDone={() => {}} /></App></WhoProvider>
    </QueryClientProvider>,
  );
  return asked;
}

test("what can be done in several cases is asked for at once; it needs nothing and nothing blocks it", async () => {
  const needs: Possible = { ...move, code: "why", zh: "说明", schema: '{"properties":{"why":{}}}' };
  const blocked: Possible = { ...move, code: "correct", zh: "更正", blocked: "not yet" };
  const asked = choosing(["Task/1", "Task/2", "Task/3"], [move, needs, blocked]);
  await screen.findByRole("button", { name: "不予更正" });
  expect(screen.queryByRole("button", { name: /说明|^更正/ })).toBeNull();
  expect(asked.map((a) => a.path)).toEqual(["/fhir/Task/1/$moves"]);
  expect(JSON.parse(asked[0]?.body ?? "")).toMatchObject({ parameter: [{ name: "also", valueReference: { reference: "Task/2" } }, { valueReference: { reference: "Task/3" } }] });
});

test("of more cases than the server moves at once nothing is asked", () => {
  expect(choosing(Array.from({ length: 201 }, (_, i) => `Task/${i}`), [])).toEqual([]);
  expect(screen.getByText(/一次最多办理 200 项/)).toBeTruthy();
});

test("the residents of all cases are asked for, page by page, and what came before is not asked for again", () => {
  const all = Array.from({ length: 430 }, (_, i) => place({ case: `Task/${i}`, resident: `Patient/${i}` }));
  const parts = partsOf(all);
  expect(parts.flat()).toHaveLength(430);
  expect(Math.max(...parts.map((p) => p.length))).toBeLessThanOrEqual(50);
  expect(partsOf(all.slice(0, 100))).toEqual(parts.slice(0, 2));
  expect(partsOf([place(), ...all.slice(0, 1), ...all.slice(0, 1)])).toEqual([["0"]]);
});

test("what a case keeps is told with its labels, codes in words, one language of two", () => {
  const kept = [{ name: "reason", zh: "理由", en: "Reason", code: [{ code: "kept", zh: "依法", en: "By law" }] }];
  const task: Task = {
    resourceType: "Task",
    input: [{ type: { text: "event-zh" }, valueString: "甲看过" }, { type: { text: "event-en" }, valueString: "A looked" }, { type: { text: "complained-of" }, valueReference: { reference: "Observation/1/_history/2" } }],
    output: [{ type: { text: "reason" }, valueString: "kept" }],
  };
  const lines = linesOf(task, { kept, party: [] }, "zh-CN", () => "结果");
  expect(lines.map((l) => [l.label, l.text, l.link])).toEqual([["event-zh", "甲看过", ""], ["complained-of", "结果", "/record/Observation/1/2"], ["理由", "依法", ""]]);
});
