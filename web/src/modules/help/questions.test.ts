import { expect, test } from "vitest";
import { everybody, placesOf } from "../../app/places";
import { questionsOf } from "./questions";

test("everybody has questions, whose answers lead to places of the role alone", () => {
  for (const role of everybody) {
    const all = questionsOf(role);
    expect(all.length).toBeGreaterThan(3);
    const paths = placesOf(role).map((p) => p.path);
    expect(all.flatMap((q) => q.to ?? []).filter((to) => !paths.includes(to))).toEqual([]);
  }
});

test("who acts for a resident is not led to the trail, which is the resident's own", () => {
  const leads = (role: "resident" | "proxy") => questionsOf(role).find((q) => q.key === "sees")?.to;
  expect([leads("resident"), leads("proxy")]).toEqual(["looked", undefined]);
});
