import { expect, test } from "vitest";
import type { Acting } from "../../app/session";
import { type Client, doneBetween, stateOf } from "./clients";
import { clientAsks, clientBody, clientFields, clientValues, clientWrong } from "./forms";

const now = Date.parse("2026-05-06T10:00:00+08:00");
const operator: Acting = { source: "o", role: "operator" };
const boss: Acting = { source: "b", role: "administrator", institution: "Organization/a" };
const client = (more: Partial<Client> = {}): Client => ({ id: "c-1", name: "随访", institution: "Organization/b", redirects: ["https://a.example/back"], scopes: "openid", secret: false, expires: "2027-01-31T23:59:59+08:00", ...more });

test("what is registered is what was typed, without what is empty", () => {
  const values = { name: " 随访 ", english: "", institution: "Organization/b", contact: "", redirects: [" https://a.example/back ", ""], launch: "", origins: [], scopes: "openid\n fhirUser", proof: "secret", keys: "", keysUrl: "https://x", expires: "2027-01-31" };
  expect(JSON.parse(JSON.stringify(clientBody(operator, values)))).toEqual({
    name: "随访", institution: "Organization/b", redirects: ["https://a.example/back"], scopes: "openid fhirUser", expires: "2027-01-31T23:59:59+08:00", newSecret: true,
  });
});

test("an administrator registers programs that act for the own institution by themselves", () => {
  const body = clientBody(boss, { name: "接口", institution: "Organization/b", scopes: "system/*.rs", proof: "keysUrl", keysUrl: "https://a.example/jwks", expires: "2027-01-31" });
  expect(body).toMatchObject({ institution: "Organization/a", backend: true, keysUrl: "https://a.example/jwks", redirects: undefined, newSecret: undefined });
  expect(clientFields(boss, "en").map((f) => f.name)).not.toContain("redirects");
  expect(clientFields(boss, "en").find((f) => f.name === "proof")?.codes?.map((c) => c.code)).toEqual(["keysUrl", "keys"]);
});

test("a change that changes nothing sends what was there", () => {
  for (const old of [client({ secret: true, english: "x" }), client({ keys: { keys: [] } }), client({ keysUrl: "https://a.example/jwks", introspects: true, origins: ["https://a.example"] })]) {
    const { id: _, secret: __, ...rest } = old;
    expect(JSON.parse(JSON.stringify(clientBody(operator, clientValues(old), old)))).toEqual(rest);
  }
});

test("a program with a secret keeps it or gets another, and does not become one without", () => {
  const codes = (old?: Client) => clientFields(operator, "en", old).find((f) => f.name === "proof")?.codes?.map((c) => c.code);
  expect(codes(client({ secret: true }))).toEqual(["keep", "secret", "keys", "keysUrl"]);
  expect(codes(client())).toEqual(["public", "secret", "keys", "keysUrl"]);
  expect(clientBody(operator, { ...clientValues(client({ secret: true })), proof: "keep" }).newSecret).toBeUndefined();
});

test("keys are asked for where they prove who it is, and are JSON; the end is ahead and within five years", () => {
  const fields = clientFields(operator, "en");
  expect(fields.filter((f) => clientAsks(f, { proof: "keys" })).map((f) => f.name)).not.toContain("keysUrl");
  expect(clientWrong({ proof: "keys", keys: "{", expires: "2027-01-01" }, now, "en")).toHaveProperty("keys");
  for (const [day, is] of [["2026-05-05", true], ["2026-05-06", false], ["2031-05-05", false], ["2031-05-07", true], ["soon", false]] as const) expect("expires" in clientWrong({ expires: day }, now, "en")).toBe(is);
});

test("how a program stands, and what has happened to it", () => {
  expect([stateOf(client(), now), stateOf(client({ disabled: "x" }), now), stateOf(client({ expires: "2026-05-06T10:00:00+08:00" }), now)]).toEqual(["open", "disabled", "expired"]);
  expect(doneBetween(undefined, client(), "en")).toBe("The program was registered");
  expect(doneBetween(client(), client({ scopes: "openid x", contact: "y" }), "en")).toBe("Changed: Contact, Scopes");
  expect(doneBetween(client(), client({ disabled: "合同到期" }), "zh-CN")).toBe("停用：合同到期");
  expect(doneBetween(client({ disabled: "x" }), client(), "zh-CN")).toBe("重新启用");
  expect(doneBetween(client(), client(), "en")).toMatch(/without a change/);
});
