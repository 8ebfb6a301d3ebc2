import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, renderHook, screen, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { afterEach, expect, test, vi } from "vitest";
import { ForWhom } from "../../app/ForWhom";
import { type Acting, type Who, WhoProvider } from "../../app/session";
import { HelpBar } from "../help/HelpBar";
import { blank, type Wish } from "./entrust";
import { useEnd, useEntrust } from "./proxies";

const own: Acting = { source: "Patient/li", role: "resident", resident: "Patient/li" };
const other: Acting = { source: "Consent/c", role: "proxy", resident: "Patient/wang", where: "王某" };
const wish: Wish = { ...blank, called: "陈芳", number: "11010519491231002X" };

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

interface Sent {
  path: string;
  method: string | undefined;
  body: unknown;
  headers: Record<string, string>;
}

/** A server that answers as told, one answer after the other, and who asks it. */
function world(who: Partial<Who>, ...answers: (Response | Error)[]) {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    sent.push({ path, method: init.method, body: init.body ? JSON.parse(String(init.body)) : undefined, headers: init.headers as Record<string, string> });
    const answer = answers.shift();
    if (!answer || answer instanceof Error) throw answer ?? new Error("not asked for");
    return answer;
  });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <WhoProvider who={{ signed: true, language: "zh-CN", large: false, zone: "Asia/Shanghai", acts: own, can: [own, other], ...who }}><MemoryRouter>{children}</MemoryRouter></WhoProvider>
    </QueryClientProvider>
  );
  return { sent, wrapper };
}

const stored = (status: number) => new Response(JSON.stringify({ resourceType: "Consent", id: "c" }), { status });

test("who acts for somebody is told so on every page, and is back at oneself by one tap", async () => {
  const { sent, wrapper } = world({ acts: other }, new Response(JSON.stringify({ signed: true, acts: own })));
  render(<ForWhom />, { wrapper });
  expect(screen.getByText("正在代 王某 办理")).toBeTruthy();
  fireEvent.click(screen.getByText("回到本人"));
  await waitFor(() => expect(sent.map((s) => [s.path, s.method, s.body])).toEqual([["/auth/session", "POST", { as: "Patient/li" }]]));
});

test("who acts for oneself is told nothing, and who can act for another one alone has no way back", () => {
  const { container } = render(<ForWhom />, { wrapper: world({}).wrapper });
  expect(container.textContent).toBe("");
  const bound = render(<ForWhom />, { wrapper: world({ acts: other, can: [other] }).wrapper });
  expect([bound.container.textContent, bound.container.querySelector("button")]).toEqual(["正在代 王某 办理", null]);
});

test("help by telephone stands at the foot in large type, where there is any", () => {
  const help = { phone: "0711-12320" };
  for (const [who, links] of [[{ large: true, help }, 1], [{ large: false, help }, 0], [{ large: true }, 0]] as const) {
    const { container } = render(<HelpBar />, { wrapper: world(who).wrapper });
    expect([...container.querySelectorAll("a")].map((a) => a.getAttribute("href"))).toEqual(links ? ["tel:0711-12320"] : []);
    cleanup();
  }
});

test("what is sent again after the line broke is the same Consent; after an answer it is another one", async () => {
  const { sent, wrapper } = world({}, new TypeError("down"), stored(201), stored(201));
  const { result } = renderHook(() => useEntrust(), { wrapper });
  for (let i = 0; i < 3; i++) await result.current.mutateAsync(wish).catch(() => {});
  const paths = sent.map((s) => s.path);
  expect(sent.map((s) => s.method)).toEqual(["PUT", "PUT", "PUT"]);
  expect(paths[0]).toMatch(/^\/fhir\/Consent\/[0-9a-f]{32}$/);
  expect([paths[1] === paths[0], paths[2] === paths[0]]).toEqual([true, false]);
  expect(sent[0]?.body).toMatchObject({ id: paths[0]?.split("/").at(-1), status: "active", patient: { reference: "Patient/li" } });
});

test("one is let act no more by the version that was shown", async () => {
  const { sent, wrapper } = world({}, stored(200));
  const { result } = renderHook(() => useEnd(), { wrapper });
  await result.current.mutateAsync({ consent: "c", version: "3", called: "陈芳", number: "", until: "", kinds: undefined });
  expect(sent[0]).toMatchObject({ path: "/fhir/Consent/c", method: "PATCH", body: [{ op: "replace", path: "/status", value: "inactive" }] });
  expect(sent[0]?.headers).toMatchObject({ "If-Match": 'W/"3"', "Content-Type": "application/json-patch+json" });
});
