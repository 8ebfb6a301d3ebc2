import type { Reference, Resource } from "../../api/fhir";
import type { Acting } from "../../app/session";
import { fieldOf } from "../../parts/form/named";
import type { Field } from "../../parts/form/schema";
import { textOf, type Values } from "../../parts/form/values";
import { type Language, say } from "../../words";
import { institutionOf } from "./institutions";
import { kinds, words } from "./words";

const types = "http://terminology.hl7.org/CodeSystem/organization-type";
const credit = "urn:oid:2.16.156.10011.1.5";

/** Whether somebody may change an institution: operators all, administrators the parts of their own. */
export const editable = (acting: Acting, r: Resource): boolean =>
  acting.role === "operator" || (acting.role === "administrator" && (r["partOf"] as Reference | undefined)?.reference === acting.institution);

/** Whether somebody may make a part of an institution. */
export const extensible = (acting: Acting, id: string): boolean => acting.role === "administrator" && acting.institution === `Organization/${id}`;

/** The fields of an institution; of one that there is, what makes it what it is stays. */
export function institutionFields(acting: Acting, language: Language, old?: Resource): Field[] {
  const t = (text: (typeof words)[keyof typeof words]) => say(text, language);
  const codes = Object.entries(kinds).map(([code, text]) => ({ code, label: say(text, language) }));
  const asks = !old && acting.role === "operator";
  return [
    fieldOf("name", t(words.name), { required: true }),
    fieldOf("alias", t(words.alias)),
    ...(asks
      ? [
          fieldOf("kind", t(words.kind), { kind: "code", required: true, codes }),
          fieldOf("credit", t(words.credit), { bytes: 18 }),
          fieldOf("parent", t(words.parent), { kind: "reference", targets: ["Organization"] }),
        ]
      : []),
    fieldOf("phone", t(words.phone), { bytes: 40 }),
    fieldOf("district", t(words.district), { bytes: 60 }),
    fieldOf("address", t(words.address)),
    ...(old ? [fieldOf("active", t(words.isActive), { kind: "boolean", required: true, doc: t(words.activeHelp) })] : []),
  ];
}

/** What stands in the form of an institution that is changed. */
export function institutionValues(r: Resource, language: Language): Values {
  const i = institutionOf(r, language);
  return { name: i.name, alias: i.alias, phone: i.phone, district: i.district, address: i.address, active: String(i.active) };
}

/** What is wrong with an institution beside its single fields. */
export function institutionWrong(values: Values, language: Language): Record<string, string> {
  const code = textOf(values["credit"]).trim();
  return code && !/^[0-9A-Z]{18}$/.test(code) ? { credit: say(words.creditWrong, language) } : {};
}

type Members = Record<string, unknown>;

const first = (value: unknown): Members => ((Array.isArray(value) ? value[0] : undefined) ?? {}) as Members;
const rest = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(1) : []);
const listed = (all: unknown[]): unknown[] | undefined => (all.length > 0 ? all : undefined);

/** The institution that is written: what the form does not ask for stays as it was. */
export function institutionBody(acting: Acting, values: Values, language: Language, old?: Resource): Resource {
  const text = (name: string) => textOf(values[name]).trim();
  const was = old && institutionOf(old, language);
  const body: Resource = { ...(old ?? { resourceType: "Organization", active: true }), name: text("name") };
  const put = (name: string, value: unknown) => {
    if (value === undefined) delete body[name];
    else body[name] = value;
  };
  if (text("alias") !== (was?.alias ?? "")) put("alias", listed([...(text("alias") ? [text("alias")] : []), ...rest(old?.["alias"])]));
  if (text("phone") !== (was?.phone ?? "")) put("telecom", phones(old?.["telecom"], text("phone")));
  if (text("district") !== (was?.district ?? "") || text("address") !== (was?.address ?? "")) put("address", addresses(old?.["address"], text("district"), text("address"), was?.district ?? "", was?.address ?? ""));
  if (old) return { ...body, active: text("active") === "true" };
  const kind = acting.role === "operator" ? text("kind") : "dept";
  put("type", [{ coding: [{ system: types, code: kind }], text: say(kinds[kind as keyof typeof kinds], "zh-CN") }]);
  const parent = acting.role === "operator" ? text("parent") : acting.institution;
  if (parent) put("partOf", { reference: parent });
  if (text("credit")) put("identifier", [{ use: "official", system: credit, value: text("credit") }]);
  return body;
}

/** The contacts with another phone in the place of the first. */
function phones(old: unknown, phone: string): unknown[] | undefined {
  const all = (Array.isArray(old) ? old : []) as Members[];
  const at = all.findIndex((c) => c["system"] === "phone");
  const next = phone ? [{ ...(at >= 0 ? all[at] : { system: "phone", use: "work" }), value: phone }] : [];
  return listed(at < 0 ? [...all, ...next] : [...all.slice(0, at), ...next, ...all.slice(at + 1)]);
}

/** The addresses with another first one; the codes and lines of what is written anew go. */
function addresses(old: unknown, district: string, address: string, wasDistrict: string, wasAddress: string): unknown[] | undefined {
  const next = { ...first(old) };
  if (district !== wasDistrict) {
    delete next["_district"];
    next["district"] = district || undefined;
  }
  if (address !== wasAddress) {
    delete next["line"];
    delete next["_line"];
    next["text"] = address || undefined;
  }
  const kept = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined));
  return listed([...(Object.keys(kept).length > 0 ? [kept] : []), ...rest(old)]);
}
