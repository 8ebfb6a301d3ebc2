import { expect, test } from "vitest";
import { Problem } from "../../api/http";
import { answerOf, type Author, toldOf, versionsOf } from "./authors";

const author = (more: Partial<Author>): Author => ({ number: 1, made: "2026-11-23T09:00:00Z", trail: "kept", own: false, platform: false, ...more });

test("staff are told by name, role and institution", () => {
  const told = toldOf(author({ name: "王医生", role: "doctor", at: "甲医院", operation: "update" }), "zh-CN");
  expect(told).toEqual({ called: "王医生", more: ["医师", "甲医院"], unknown: "" });
});

test("who is not named is told by what they are", () => {
  expect(toldOf(author({ role: "proxy" }), "zh-CN")).toEqual({ called: "代办人", more: [], unknown: "" });
  expect(toldOf(author({ role: "system", at: "甲医院", program: "his" }), "en")).toEqual({ called: "System", more: ["甲医院", "program his"], unknown: "" });
  expect(toldOf(author({ role: "of-later" }), "en").called).toBe("of-later");
});

test("one's own versions say so", () => {
  expect(toldOf(author({ own: true, name: "赵胜林", role: "resident" }), "zh-CN").called).toBe("赵胜林（您本人）");
  expect(toldOf(author({ own: true, role: "administrator" }), "en")).toMatchObject({ called: "You", more: ["Administrator"] });
});

test("what the platform or a process has done says by which operation", () => {
  expect(toldOf(author({ platform: true, operation: "move", process: "correction" }), "zh-CN")).toEqual({ called: "平台", more: ["经由“办理事项”"], unknown: "" });
  expect(toldOf(author({ name: "王医生", role: "doctor", process: "correction", operation: "move" }), "en").more).toEqual(["Doctor", "by way of “Move a case”"]);
});

test("what the trail does not tell is said", () => {
  expect(toldOf(author({ trail: "erased", name: "王医生" }), "zh-CN").unknown).toContain("保存期限");
  expect(toldOf(author({ trail: "none" }), "en")).toMatchObject({ called: "Somebody, or a system", more: [] });
});

test("versions have their numbers, deletions too", () => {
  const deletion = { fullUrl: "1", request: { method: "DELETE" }, response: { etag: 'W/"2"', lastModified: "2026-01-02T00:00:00Z" } };
  const entry = [deletion, { fullUrl: "1", response: { etag: 'W/"1"', status: "201 Created" } }];
  expect(versionsOf({ resourceType: "Bundle", entry }).map((v) => [v.number, v.method])).toEqual([["2", "DELETE"], ["1", "POST"]]);
});

test("an entry that was refused is thrown in the words of the server", () => {
  const outcome = { resourceType: "OperationOutcome", issue: [{ diagnostics: "Ask for fewer." }] };
  expect(() => answerOf({ response: { status: "422", outcome } })).toThrow(new Problem(422, "Ask for fewer."));
  expect(answerOf({ response: { status: "200" }, resource: { resourceType: "Bundle" } })).toEqual({ resourceType: "Bundle" });
});
