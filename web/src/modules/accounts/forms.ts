import type { Acting, Role } from "../../app/session";
import { roles } from "../../app/words";
import { fieldOf } from "../../parts/form/named";
import type { Field } from "../../parts/form/schema";
import { textOf, type Values } from "../../parts/form/values";
import { type Language, say } from "../../words";
import { instantOf } from "../../words/dates";
import { words } from "./words";

const reasonBytes = 500;

/** The first instant of a day by the region's clock. */
const beginOf = (day: string): string => instantOf(`${day}T00:00:00`);

/** The last instant of a day by the region's clock. */
export const endOf = (day: string): string => instantOf(`${day}T23:59:59`);

/** The fields of a new account; who runs the platform makes none for a practitioner. */
export function accountFields(acting: Acting, language: Language): Field[] {
  const t = (text: (typeof words)[keyof typeof words]) => say(text, language);
  return [
    fieldOf("name", t(words.loginName), { required: true, doc: t(words.loginNameHelp), bytes: 64 }),
    fieldOf("called", t(words.called), { required: true, doc: t(words.calledHelp) }),
    ...(acting.role === "administrator" ? [fieldOf("person", t(words.person), { kind: "reference", targets: ["Practitioner"], doc: t(words.personHelp) })] : []),
    fieldOf("phone", t(words.phone), { doc: t(words.phoneHelp), bytes: 32 }),
    fieldOf("expires", t(words.expires), { kind: "date", doc: t(words.expiresHelp) }),
  ];
}

const given = (values: Values, name: string): string | undefined => textOf(values[name]).trim() || undefined;

/** What is sent to make an account. */
export function accountBody(values: Values) {
  const expires = given(values, "expires");
  return {
    name: given(values, "name")?.toLowerCase(), called: given(values, "called"), person: given(values, "person"), phone: given(values, "phone"),
    expires: expires && endOf(expires),
  };
}

/** The fields of a role that is given; administrators give them at their own institution. */
export function grantFields(acting: Acting, roleChoices: readonly Role[], language: Language): Field[] {
  const t = (text: (typeof words)[keyof typeof words]) => say(text, language);
  return [
    fieldOf("role", t(words.role), { kind: "code", required: true, codes: roleChoices.map((code) => ({ code, label: say(roles[code], language) })) }),
    ...(acting.role === "administrator" ? [] : [fieldOf("institution", t(words.institution), { kind: "reference", required: true, targets: ["Organization"] })]),
    fieldOf("resident", t(words.resident), { required: true, doc: t(words.residentHelp) }),
    fieldOf("from", t(words.from), { kind: "date", doc: t(words.fromHelp) }),
    fieldOf("until", t(words.until), { kind: "date", doc: t(words.untilHelp) }),
    fieldOf("reason", t(words.reason), { bytes: reasonBytes, doc: t(words.reasonHelp) }),
  ];
}

/** Whether a field of a role is asked for: whom a proxy acts for, and nobody else. */
export const grantAsks = (field: Field, values: Values): boolean => field.name !== "resident" || textOf(values["role"]) === "proxy";

/** What is wrong with a role beside its single fields. */
export function grantWrong(values: Values, language: Language): Record<string, string> {
  const [from, until] = [given(values, "from"), given(values, "until")];
  const wrong: Record<string, string> = {};
  if (from && until && until < from) wrong["until"] = say(words.untilWrong, language);
  if (textOf(values["role"]) === "proxy") {
    if (!until) wrong["until"] = say(words.proxyUntil, language);
    if (!given(values, "reason")) wrong["reason"] = say(words.proxyReason, language);
  }
  return wrong;
}

/** What is sent to give a role. */
export function grantBody(acting: Acting, values: Values) {
  const proxy = textOf(values["role"]) === "proxy";
  const [from, until, resident] = [given(values, "from"), given(values, "until"), given(values, "resident")];
  return {
    role: textOf(values["role"]),
    institution: proxy ? undefined : acting.role === "administrator" ? acting.institution : given(values, "institution"),
    resident: proxy && resident ? `Patient/${resident.replace(/^Patient\//, "")}` : undefined,
    from: from && beginOf(from), until: until && endOf(until), reason: given(values, "reason"),
  };
}

/** The field of why something is closed. */
export const reasonFields = (doc: string, language: Language): Field[] => [fieldOf("reason", say(words.reason, language), { required: true, doc, bytes: reasonBytes })];
