import { describe, expect, it } from "vitest";
import { bestBy, levelFirst, type Nearby, toggled } from "./near";

const one = (id: string, more: Partial<Nearby> = {}): Nearby => ({
  reference: { reference: id, display: id }, institution: { reference: "Organization/a", display: "a" }, level: "3", language: [], doctor: [], kind: [], insurance: [], specialty: [], bookable: true, fit: 0, ...more,
});

describe("departments near by", () => {
  it("puts a level first and keeps the order of the others", () => {
    const all = [one("a"), one("b", { level: "none" }), one("c", { level: "2" }), one("d", { level: "none" })];
    expect(levelFirst(all, "none").map((d) => d.reference.reference)).toEqual(["b", "d", "a", "c"]);
    expect(levelFirst(all, undefined)).toEqual(all);
  });
  it("compares three at most", () => {
    expect(toggled(["a", "b", "c"], "d")).toEqual(["b", "c", "d"]);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
  });
  it("says which is best, and nothing where several are", () => {
    const all = [one("a", { distance: 2 }), one("b", { distance: 1 }), one("c")];
    expect(bestBy(all, (d) => d.distance)).toBe("b");
    expect(bestBy([one("a", { distance: 1 }), one("b", { distance: 1 })], (d) => d.distance)).toBe("");
    expect(bestBy([one("a", { distance: 1 })], (d) => d.distance)).toBe("");
    expect(bestBy([one("a"), one("b")], (d) => d.distance)).toBe("");
  });
});
