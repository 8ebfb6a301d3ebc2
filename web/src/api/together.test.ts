import { afterEach, expect, test, vi } from "vitest";
import type { Bundle } from "./fhir";
import type { Problem } from "./http";
import { operate } from "./parameters";
import { together } from "./together";

afterEach(() => vi.unstubAllGlobals());

/** A server that answers as told, one answer after the other, and what it was asked. */
function server(...answers: unknown[]) {
  const asked: { path: string; urls: string[] }[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    init.signal?.throwIfAborted();
    const sent = init.body ? (JSON.parse(String(init.body)) as { entry: { request: { url: string } }[] }) : { entry: [] };
    asked.push({ path, urls: sent.entry.map((e) => e.request.url) });
    return new Response(JSON.stringify(answers.shift()));
  });
  return asked;
}

const found = (id: string): Bundle => ({ resourceType: "Bundle", id });

test("what is asked for at one moment goes as one batch, each once; what comes later goes by itself", async () => {
  const step = { resourceType: "Parameters", parameter: [{ name: "step", part: [{ name: "move", valueString: "begin" }] }] };
  const asked = server({ resourceType: "Bundle", entry: [{ resource: found("a") }, { resource: step }] }, found("c"));
  const both = [
    together<Bundle>("Task?_id=1"), together<Bundle>("Task?_id=1"),
    operate("Task/[id]/$move-history", {}, { id: "1", joined: true }),
  ] as const;
  const [one, again, history] = await Promise.all(both);
  expect([one.id, again.id, history.data.step]).toEqual(["a", "a", [{ move: "begin" }]]);
  expect((await together("Task?_id=2")).id).toBe("c");
  expect(asked).toEqual([{ path: "/fhir/", urls: ["Task?_id=1", "Task/1/$move-history"] }, { path: "/fhir/Task?_id=2", urls: [] }]);
});

test("each is refused by itself, in the words of the server", async () => {
  const outcome = { issue: [{ severity: "error", diagnostics: "There is no case." }] };
  server({ resourceType: "Bundle", entry: [{ resource: found("a") }, { response: { status: "404 Not Found", outcome } }] });
  const [one, other] = await Promise.allSettled([together("Task?_id=1"), together("Task/2")]);
  expect(one).toMatchObject({ status: "fulfilled", value: { id: "a" } });
  const { status, message } = (other as PromiseRejectedResult).reason as Problem;
  expect([status, message]).toEqual([404, "There is no case."]);
});

test("a request ends when all have left it, not before", async () => {
  const [a, b] = [new AbortController(), new AbortController()];
  const asked = server({ resourceType: "Bundle", entry: [{ resource: found("a") }, { resource: found("b") }] });
  const some = Promise.all([together("A", a.signal), together("B", b.signal)]);
  a.abort();
  expect((await some).map((r) => r.id)).toEqual(["a", "b"]);
  const none = Promise.allSettled([together("A", a.signal), together("B", b.signal)]);
  b.abort();
  expect((await none).map((r) => r.status)).toEqual(["rejected", "rejected"]);
  expect(asked.length).toBe(1);
});
