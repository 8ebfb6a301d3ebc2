import { expect, test } from "vitest";
import { checkInAt, type Speech, unsaid } from "./wall";

const call = (id: string): Speech => ({ id, at: "2026-05-06T08:30:00+08:00", zh: id, en: id });

test("each call is said once, the oldest first", () => {
  expect(unsaid([call("a"), call("b"), call("c")], new Set(["b"])).map((s) => s.id)).toEqual(["a", "c"]);
  expect(unsaid([call("a")], new Set(["a"]))).toEqual([]);
});

test("the code of a board stands behind the address, where no server reads it", () => {
  const at = new URL(checkInAt("https://yitong.example", "12 34"));
  expect([at.pathname, at.search, decodeURIComponent(at.hash)]).toEqual(["/app/waiting", "", "#12 34"]);
});
