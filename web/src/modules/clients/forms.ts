import type { Acting } from "../../app/session";
import { fieldOf } from "../../parts/form/named";
import type { Field } from "../../parts/form/schema";
import { textOf, type Values } from "../../parts/form/values";
import { type Language, say } from "../../words";
import { dayOf } from "../../words/dates";
import { endOf } from "../accounts/forms";
import type { Client } from "./clients";
import { words } from "./words";

const addressBytes = 290;
const scopesBytes = 8000;
const keysBytes = 60_000;
const listMost = 20;
const yearsMost = 5;

/** How a program proves who it is. */
type Proof = "public" | "keep" | "secret" | "keys" | "keysUrl";

/** The fields of a registration. Administrators register those that act for their institution by themselves. */
export function clientFields(acting: Acting, language: Language, old?: Client): Field[] {
  const t = (text: (typeof words)[keyof typeof words]) => say(text, language);
  const backend = isBackend(acting, old);
  const codes = (...of: [Proof, (typeof words)[keyof typeof words]][]) => of.map(([code, text]) => ({ code, label: t(text) }));
  const proofs = backend
    ? codes(["keysUrl", words.keysUrl], ["keys", words.keys])
    : codes(old?.secret ? ["keep", words.keepSecret] : ["public", words.public], ["secret", old?.secret ? words.newSecret : words.secret], ["keys", words.keys], ["keysUrl", words.keysUrl]);
  return [
    fieldOf("name", t(words.name), { required: true, doc: t(words.nameHelp) }),
    fieldOf("english", t(words.english)),
    ...(acting.role === "administrator" ? [] : [fieldOf("institution", t(words.institution), { kind: "reference", required: true, targets: ["Organization"] })]),
    fieldOf("contact", t(words.contact), { doc: t(words.contactHelp) }),
    ...(backend
      ? []
      : [
          fieldOf("redirects", t(words.redirects), { many: true, most: listMost, required: !old?.introspects, bytes: addressBytes, doc: t(words.redirectsHelp) }),
          fieldOf("launch", t(words.launch), { bytes: addressBytes, doc: t(words.launchHelp) }),
          fieldOf("origins", t(words.origins), { many: true, most: listMost, bytes: addressBytes, doc: t(words.originsHelp) }),
        ]),
    fieldOf("scopes", t(words.scopes), { required: true, bytes: scopesBytes, doc: t(backend ? words.scopesBackend : words.scopesHelp) }),
    fieldOf("proof", t(words.proof), { kind: "code", required: true, codes: proofs }),
    fieldOf("keys", t(words.keys), { required: true, bytes: keysBytes, doc: t(words.keysHelp) }),
    fieldOf("keysUrl", t(words.keysUrl), { required: true, bytes: addressBytes, doc: t(words.keysUrlHelp) }),
    fieldOf("expires", t(words.expires), { kind: "date", required: true, doc: t(words.expiresHelp) }),
  ];
}

/** Whether what is registered acts for itself. */
const isBackend = (acting: Acting, old?: Client): boolean => old?.backend ?? acting.role === "administrator";

/** Whether a field is asked for: keys only where they prove who it is. */
export const clientAsks = (field: Field, values: Values): boolean => (field.name !== "keys" && field.name !== "keysUrl") || textOf(values["proof"]) === field.name;

/** What stands in the form of a program that is changed. */
export function clientValues(c: Client): Values {
  return {
    name: c.name, english: c.english ?? "", institution: c.institution, contact: c.contact ?? "", redirects: c.redirects ?? [], launch: c.launch ?? "", origins: c.origins ?? [],
    scopes: c.scopes, proof: proofOf(c), keys: c.keys ? JSON.stringify(c.keys, null, 2) : "", keysUrl: c.keysUrl ?? "", expires: dayOf(c.expires),
  };
}

function proofOf(c: Client): Proof {
  if (c.keys) return "keys";
  if (c.keysUrl) return "keysUrl";
  return c.secret ? "keep" : "public";
}

/** What is wrong with a registration beside its single fields. */
export function clientWrong(values: Values, now: number, language: Language): Record<string, string> {
  const wrong: Record<string, string> = {};
  const day = textOf(values["expires"]);
  if (/^\d{4}-\d{2}-\d{2}$/.test(day)) {
    const latest = new Date(now);
    latest.setFullYear(latest.getFullYear() + yearsMost);
    const at = Date.parse(endOf(day));
    if (at <= now || at > latest.valueOf()) wrong["expires"] = say(words.expiresWrong, language);
  }
  if (textOf(values["proof"]) === "keys" && !isJSON(textOf(values["keys"]))) wrong["keys"] = say(words.keysWrong, language);
  return wrong;
}

function isJSON(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What is sent to register a program, or to change one: what the form does not ask for stays as it was. */
export function clientBody(acting: Acting, values: Values, old?: Client) {
  const text = (name: string) => textOf(values[name]).trim() || undefined;
  const list = (name: string) => {
    const all = (Array.isArray(values[name]) ? values[name] : []).map((v) => textOf(v).trim()).filter(Boolean);
    return all.length > 0 ? all : undefined;
  };
  const proof = textOf(values["proof"]);
  const backend = isBackend(acting, old);
  return {
    name: text("name"), english: text("english"), institution: acting.role === "administrator" ? acting.institution : text("institution"), contact: text("contact"),
    redirects: list("redirects"), launch: text("launch"), origins: list("origins"), scopes: text("scopes")?.replace(/\s+/g, " "),
    backend: backend || undefined,
    keys: proof === "keys" ? (JSON.parse(textOf(values["keys"])) as unknown) : undefined,
    keysUrl: proof === "keysUrl" ? text("keysUrl") : undefined,
    introspects: old?.introspects, expires: endOf(textOf(values["expires"])), newSecret: proof === "secret" || undefined,
  };
}
