import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { words } from "./words";

const resident = { source: "Patient/li", role: "resident", resident: "Patient/li" };
const signed = { signed: true, called: "李华", person: "Patient/li", acts: resident, can: [resident], language: "zh-CN", large: false, zone: "Asia/Shanghai" };
let session: object = signed;

const soon = { timeout: 20_000 }; // on a busy machine

/** A socket of notices that the server closes. */
class Socket {
  static last: Socket | undefined;
  onclose: (event: { code: number }) => void = () => {};
  constructor() {
    Socket.last = this;
  }
  close() {}
}

beforeAll(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => {}, removeEventListener: () => {} }));
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
  vi.stubGlobal("WebSocket", class extends Socket { static OPEN = 1; static CONNECTING = 0; });
  vi.stubGlobal("fetch", async (path: string) => (path === "/auth/session" ? new Response(JSON.stringify(session)) : new Response("{}", { status: 404 })));
  HTMLDialogElement.prototype.showModal = function () { this.open = true; };
  HTMLDialogElement.prototype.close = function () { this.open = false; };
  vi.stubGlobal("scrollTo", () => {});
  window.history.replaceState(null, "", "/app/nowhere");
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

test("a session that ends leaves the page as it is, and tells; who has signed in again goes on", async () => {
  const { App } = await import("./App");
  render(<App />);
  const page = await screen.findByText(words.missingTitle[0], {}, soon);
  await vi.waitFor(() => expect(Socket.last).toBeDefined(), soon); // it listens a moment after it is drawn
  session = { signed: false, language: "zh-CN", large: false, zone: "Asia/Shanghai" };
  act(() => Socket.last?.onclose({ code: 1008 }));
  const on = await screen.findByText(words.goOn[0], {}, soon);
  expect(page.isConnected).toBe(true);
  fireEvent.click(on);
  expect(await screen.findByText(words.notYet[0], {}, soon)).toBeTruthy();
  session = { ...signed, acts: undefined, can: [resident] }; // nothing is chosen yet in the new session
  const asked = vi.spyOn(globalThis, "fetch").mockImplementation(async (_, init) => {
    if (init?.method === "POST") session = signed; // the server keeps what was chosen
    return new Response(JSON.stringify(session));
  });
  fireEvent.click(on);
  await vi.waitFor(() => expect(screen.queryByText(words.endedTitle[0])).toBeNull(), soon);
  expect(asked.mock.calls.some(([path, init]) => path === "/auth/session" && init?.body === '{"as":"Patient/li"}')).toBe(true);
  expect(page.isConnected).toBe(true);
}, 120_000);
