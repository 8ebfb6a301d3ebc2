import { expect, test } from "vitest";
import type { Acting, Role } from "../../app/session";
import { doneBetween, eventsOf, type Version } from "./changes";
import { accountBody, accountFields, grantAsks, grantBody, grantFields, grantWrong } from "./forms";
import { type Account, type Change, type Grant, searchesFor } from "./staff";
import { endable, givable, grantStateOf, invitable, isOwn, stateOf } from "./states";

const now = Date.parse("2026-05-06T10:00:00+08:00");
const operator: Acting = { source: "grant/o", role: "operator" };
const boss: Acting = { source: "grant/b", role: "administrator", institution: "Organization/a", where: "甲医院" };
const account = (more: Partial<Account> = {}): Account => ({ id: "1", name: "wang", strong: true, invited: false, ...more });
const grant = (role: Role, more: Partial<Grant> = {}): Grant => ({ id: "g", role, from: "2026-01-01T00:00:00Z", by: "account/9", at: "2026-01-01T00:00:00Z", ...more });

test("an account stands as its worst news", () => {
  expect(stateOf(account(), now)).toBe("open");
  expect(stateOf(account({ strong: false }), now)).toBe("new");
  expect(stateOf(account({ strong: false, invited: true }), now)).toBe("invited");
  expect(stateOf(account({ expires: "2026-05-06T09:59:59+08:00" }), now)).toBe("expired");
  expect(stateOf(account({ expires: "2026-05-06T10:00:01+08:00" }), now)).toBe("open");
  expect(stateOf(account({ disabled: "left", expires: "2020-01-01T00:00:00Z" }), now)).toBe("disabled");
  const { name: _, ...resident } = account({ strong: false });
  expect(stateOf(resident, now)).toBe("open");
});

test("a grant holds from its beginning until its end", () => {
  expect(grantStateOf(grant("doctor"), now)).toBe("holds");
  expect(grantStateOf(grant("doctor", { from: "2026-05-07T00:00:00+08:00" }), now)).toBe("later");
  expect(grantStateOf(grant("doctor", { until: "2026-05-06T10:00:00+08:00" }), now)).toBe("over");
  expect(grantStateOf(grant("doctor", { ended: true, from: "2030-01-01T00:00:00Z" }), now)).toBe("ended");
});

test("operators give no roles that see records, and invite nobody who has one", () => {
  expect(givable(operator, account())).toEqual(["regulator", "insurer", "cdc"]);
  expect(invitable(operator, account({ grants: [grant("cdc")] }))).toBe(true);
  for (const more of [{ grants: [grant("doctor", { ended: true })] }, { person: "Practitioner/x" }, { home: "Organization/a" }, { grants: [grant("operator")] }]) expect(invitable(operator, account(more))).toBe(false);
  expect(endable(operator, grant("doctor"))).toBe(false);
  expect(endable(operator, grant("insurer"))).toBe(true);
});

test("administrators give the roles of their institution to those whom an institution has made", () => {
  expect(givable(boss, account({ home: "Organization/a" }))).toContain("doctor");
  expect(givable(boss, account({ home: "Organization/a" }))).not.toContain("operator");
  expect(givable(boss, account())).toEqual(["proxy"]);
  expect(givable({ source: "x", role: "doctor" }, account())).toEqual([]);
  expect(endable(boss, grant("doctor", { ended: true }))).toBe(false);
  expect(isOwn(account({ can: [{ source: "grant/b", role: "administrator" }] }), boss.source)).toBe(true);
  expect(isOwn(account(), boss.source)).toBe(false);
});

test("an account is sent with what was typed, to the end of its last day", () => {
  expect(accountBody({ name: " Wang.Jing ", called: "王静", person: "", phone: "", expires: "2027-01-31" })).toEqual({ name: "wang.jing", called: "王静", expires: "2027-01-31T23:59:59+08:00" });
  expect(accountFields(operator, "en").map((f) => f.name)).not.toContain("person");
  expect(accountFields(boss, "en").find((f) => f.name === "person")?.targets).toEqual(["Practitioner"]);
});

test("a role is sent at the administrator's institution, or at the one that the operator chose", () => {
  const values = { role: "doctor", institution: "Organization/b", resident: "", from: "2026-06-01", until: "2026-06-30", reason: " 进修 " };
  expect(grantBody(boss, values)).toEqual({ role: "doctor", institution: "Organization/a", from: "2026-06-01T00:00:00+08:00", until: "2026-06-30T23:59:59+08:00", reason: "进修" });
  expect(grantBody(operator, { ...values, role: "cdc", from: "", until: "" })).toEqual({ role: "cdc", institution: "Organization/b", reason: "进修" });
  expect(grantFields(boss, ["doctor"], "en").map((f) => f.name)).not.toContain("institution");
});

test("a proxy acts for a resident, at no institution, until a day and for a reason", () => {
  const values = { role: "proxy", institution: "Organization/b", resident: "Patient/li", from: "", until: "2026-12-31", reason: "母亲" };
  expect(grantBody(boss, values)).toEqual({ role: "proxy", resident: "Patient/li", until: "2026-12-31T23:59:59+08:00", reason: "母亲" });
  expect(grantBody(boss, { ...values, resident: "li" }).resident).toBe("Patient/li");
  expect(Object.keys(grantWrong({ ...values, until: "", reason: " " }, "en"))).toEqual(["until", "reason"]);
  expect(grantWrong({ role: "doctor", from: "2026-06-02", until: "2026-06-01" }, "en")).toHaveProperty("until");
  expect(grantWrong({ role: "doctor", from: "2026-06-01", until: "2026-06-01" }, "en")).toEqual({});
  const resident = grantFields(boss, ["proxy"], "en").find((f) => f.name === "resident");
  expect(resident && [grantAsks(resident, { role: "proxy" }), grantAsks(resident, { role: "doctor" })]).toEqual([true, false]);
});

test("what has happened between two versions is told in words", () => {
  const done = (before: Version | undefined, after: Version) => doneBetween(before, after, "en").map((d) => d.text);
  expect(done(undefined, {})).toEqual(["The account was made"]);
  expect(done({}, { invite: { until: "u" } })).toEqual(["A code to choose a password was given out"]);
  expect(done({ invite: { until: "u" } }, { invite: { until: "v", reset: true } })[0]).toMatch(/resets/);
  expect(done({ invite: { until: "u" } }, { password: true })[0]).toMatch(/invitation was taken/);
  expect(done({ password: true }, { password: true, seed: true, spare: 10 })).toEqual(["An authenticator app was set up"]);
  expect(done({ spare: 10 }, { spare: 9 })[0]).toMatch(/9 are left/);
  expect(done({ passkeys: ["a"] }, { passkeys: ["b"] })).toEqual(["A passkey was added: b", "A passkey was taken out: a"]);
  expect(done({}, { disabled: "离职" })[0]).toMatch(/离职/);
  expect(done({ disabled: "离职" }, {})).toEqual(["The account was enabled again"]);
  expect(doneBetween({ seen: "a" }, { seen: "b" }, "en")).toEqual([{ text: "Signed in", routine: true }]);
});

test("the history has accounts and roles by time, and sign-ins in a row as one", () => {
  const change = (number: number, at: string, thing: Version): Change<Version> => ({ number, at, by: "1", thing });
  const changes = [
    change(5, "2026-05-05T00:00:00Z", { seen: "d" }), change(4, "2026-05-04T00:00:00Z", { seen: "c" }), change(3, "2026-05-02T00:00:00Z", { seen: "b" }),
    change(2, "2026-05-01T00:00:00Z", { seen: "a" }), change(1, "2026-04-01T00:00:00Z", {}),
  ];
  const of = account({ grants: [grant("doctor", { institution: "Organization/a", reason: "入职", at: "2026-05-03T00:00:00Z", endedAt: "2026-05-06T00:00:00Z", endedBy: "account/9", ended: true })] });
  const events = eventsOf(of, changes, () => "甲医院", "zh-CN");
  expect(events.map((e) => [e.text, e.times])).toEqual([["终止角色：医师 · 甲医院", 1], ["登录", 2], ["授予角色：医师 · 甲医院 · 入职", 1], ["登录", 2], ["开立账户", 1]]);
});

test("however many are named, all are asked for, a hundred in a search", () => {
  const wanted = ["Organization/a", "Patient/p", ...Array.from({ length: 250 }, (_, i) => `Practitioner/${i}`)];
  const searches = searchesFor(wanted);
  expect(searches[0]).toBe("Organization?_id=a&_count=1");
  expect(searches.slice(1).map((s) => s.replace(/.*_count=/, ""))).toEqual(["100", "100", "50"]);
  expect(searches.join()).not.toContain("Patient");
});
