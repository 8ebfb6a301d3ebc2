import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listen, pauseOf } from "./live";
import { linkOf, type Notice, unreadFirst } from "./notices";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A socket that does what the test says. */
class Socket {
  static all: Socket[] = [];
  onopen = () => {};
  onmessage = (_: { data: string }) => {};
  onclose = (_: { code: number }) => {};
  readyState = 3;
  closed = false;
  constructor() {
    Socket.all.push(this);
  }
  close() {
    this.closed = true;
  }
}

function listening() {
  Socket.all = [];
  const told: string[] = [];
  const stop = listen(
    { fresh: (n) => told.push(`fresh ${n?.id ?? "some"}`), open: () => told.push("open"), lost: () => told.push("lost"), ended: () => told.push("ended") },
    () => new Socket() as unknown as WebSocket,
  );
  return { told, stop };
}

test("a socket that is lost is opened again, later each time, and tells of what comes", () => {
  const { told, stop } = listening();
  Socket.all[0]?.onopen();
  Socket.all[0]?.onmessage({ data: '{"notice":{"id":"n"}}' });
  Socket.all[0]?.onmessage({ data: "{}" });
  Socket.all[0]?.onclose({ code: 1006 });
  vi.advanceTimersByTime(1_000);
  expect(Socket.all.length).toBe(2);
  expect(told).toEqual(["open", "fresh n", "fresh some", "lost"]);
  stop();
  expect(Socket.all[1]?.closed).toBe(true);
});

test("what the server does not let any more is not tried again", () => {
  const { told } = listening();
  Socket.all[0]?.onclose({ code: 1008 });
  vi.advanceTimersByTime(600_000);
  expect(Socket.all.length).toBe(1);
  expect(told).toEqual(["ended"]);
});

test("pauses grow, up to a minute", () => {
  expect([0, 1, 2, 10].map((n) => pauseOf(n, 1))).toEqual([1_000, 2_000, 4_000, 60_000]);
  expect(pauseOf(3, 0)).toBe(4_000);
});

test("unread notices come first, and lead to what they tell of", () => {
  const one = (id: string, read: string | null) => ({ id, read }) as Notice;
  expect(unreadFirst([one("a", "x"), one("b", null), one("c", null)]).map((n) => n.id)).toEqual(["b", "c", "a"]);
  expect([linkOf({ about: ["Task/7"] }), linkOf({ about: ["Observation/1"] }), linkOf({})]).toEqual(["/cases/7", "/record/Observation/1", ""]);
});
