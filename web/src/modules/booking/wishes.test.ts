import { expect, test } from "vitest";
import { standingOf } from "./booking";
import { sm3 } from "./sm3";
import { countdown } from "./times";
import { type Draw, wrongWith } from "./wishes";

const text = (of: string) => new TextEncoder().encode(of);

test("SM3 gives the digests of the standard's examples", () => {
  expect(sm3(text("abc"))).toBe("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  expect(sm3(text("abcd".repeat(16)))).toBe("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
});

test("a draw is checked against what was promised, and what does not follow from its seed is found", () => {
  const seed = "73".repeat(32);
  const bytes = text("s".repeat(32));
  const ids = ["a", "b", "c"].toSorted((x, y) => (sm3(Uint8Array.from([...bytes, ...text(x)])) < sm3(Uint8Array.from([...bytes, ...text(y)])) ? -1 : 1));
  const draw: Draw = { day: "2026-05-19", state: "done", enters: "", opens: "", commitment: sm3(bytes), seed, count: 3, entry: ids.map((id, i) => ({ id, rank: i + 1 })) };
  expect(wrongWith(draw)).toBeUndefined();
  expect(wrongWith({ ...draw, entry: draw.entry.toReversed() })).toBe("order");
  expect(wrongWith({ ...draw, count: 4 })).toBe("order");
  expect(wrongWith({ ...draw, seed: "74".repeat(32) })).toBe("seed");
});

test("what is to be drawn is neither full nor closed, and long waits are told by hours", () => {
  expect(standingOf({ free: 0, stopped: false, draws: true, opens: "2026-11-24T07:00:00+08:00" })).toBe("draw");
  expect(standingOf({ free: 2, stopped: false, draws: true })).toBe("free");
  expect(standingOf({ free: 0, stopped: true, draws: true })).toBe("stopped");
  expect(countdown("2026-11-24T07:30:00+08:00", Date.parse("2026-11-23T22:15:30+08:00"))).toBe("9:14:30");
});
