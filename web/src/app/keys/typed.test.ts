import { expect, test, vi } from "vitest";
import { places, placesOf } from "../places";
import { roles } from "../words";
import type { Role } from "../session";
import { type Key, typed } from "./typed";

const key = (name: string, does = () => {}): Key => ({ key: name, called: name, does });

test("one key does something at once, two do it one after the other", () => {
  const [inbox, next] = [vi.fn(), vi.fn()];
  const sets = [[key("g i", inbox), key("?")], [key("j", next)]];
  expect(typed(sets, "", "g")).toEqual({ pending: "g" });
  expect(typed(sets, "g", "i")).toEqual({ does: inbox, pending: "" });
  expect(typed(sets, "", "i")).toEqual({ pending: "" });
  expect(typed(sets, "g", "j")).toEqual({ does: next, pending: "" }); // who begins and thinks better of it
  expect(typed(sets, "g", "g")).toEqual({ pending: "g" });
});

test("a page's own key comes before that of every page", () => {
  const own = vi.fn();
  expect(typed([[key("x")], [key("x", own)]], "", "x").does).toBe(own);
});

test("no two places of a role have one key", () => {
  for (const role of Object.keys(roles) as Role[]) {
    const all = placesOf(role).flatMap((p) => p.key ?? []);
    expect(all, role).toEqual([...new Set(all)]);
  }
  expect(places.filter((p) => p.key && p.path.includes(":"))).toEqual([]);
});
