import type { Coding, Reference, Resource } from "../api/fhir";
import { type Language, say } from "../words";
import { dayOf } from "./times";
import { facts, types } from "./words";

interface Concept {
  text?: string;
  coding?: Coding[];
}

interface Quantity {
  value?: number;
  unit?: string;
}

interface Named {
  text?: string;
  family?: string;
  given?: string[];
}

/** One fact of a resource, as people read it. */
export interface Fact {
  label: string;
  value: string;
}

/** What a type of resource is called. */
export const typeOf = (type: string, language: Language): string => (types[type] ? say(types[type], language) : type);

/** A concept in words. */
export const conceptOf = (c: Concept | undefined): string => c?.text ?? c?.coding?.find((one) => one.display)?.display ?? c?.coding?.[0]?.code ?? "";

/** The name of a person or a place. */
export function nameOf(r: Resource): string {
  const name = r["name"] as Named[] | string | undefined;
  if (typeof name === "string") return name;
  const first = name?.[0];
  return first?.text ?? `${first?.family ?? ""}${first?.given?.join("") ?? ""}`;
}

const dates = ["effectiveDateTime", "onsetDateTime", "recordedDate", "performedDateTime", "occurrenceDateTime", "authoredOn", "issued", "date", "recorded", "sent"];

/** The day that a resource is about; "" for none. */
export function dateOf(r: Resource, language: Language): string {
  const at = dates.map((d) => r[d]).find((d): d is string => typeof d === "string") ?? (r["period"] as { start?: string } | undefined)?.start;
  if (!at) return "";
  return at.length < 10 ? at : dayOf(at, language);
}

/** The title of a resource: its name, or what it is of. */
export function titleOf(r: Resource, language: Language): string {
  const code = (r["code"] ?? r["medicationCodeableConcept"] ?? r["vaccineCode"] ?? r["type"]) as Concept | Concept[] | undefined;
  const concept = conceptOf(Array.isArray(code) ? code[0] : code);
  if (r.resourceType === "PractitionerRole") return [(r["practitioner"] as Reference | undefined)?.display, concept].filter(Boolean).join(" ") || typeOf(r.resourceType, language);
  return nameOf(r) || concept || typeOf(r.resourceType, language);
}

/** The key facts of a resource. */
export function factsOf(r: Resource, language: Language): Fact[] {
  const put = (label: keyof typeof facts, value: string | undefined) => (value ? [{ label: say(facts[label], language), value }] : []);
  if (r.resourceType === "Patient") {
    const gender = String(r["gender"] ?? "");
    const known = gender === "male" || gender === "female" || gender === "other" || gender === "unknown" ? say(facts[gender], language) : "";
    const number = (r["identifier"] as { value?: string }[] | undefined)?.[0]?.value;
    return [...put("gender", known), ...put("birth", typeof r["birthDate"] === "string" && r["birthDate"].length === 10 ? dayOf(r["birthDate"], language) : (r["birthDate"] as string | undefined)), ...put("number", number)];
  }
  const quantity = r["valueQuantity"] as Quantity | undefined;
  const value = quantity ? [quantity.value, quantity.unit].filter((x) => x !== undefined).join(" ") : ((r["valueString"] as string | undefined) ?? conceptOf(r["valueCodeableConcept"] as Concept | undefined));
  const range = (r["referenceRange"] as { text?: string; low?: Quantity; high?: Quantity }[] | undefined)?.[0];
  const between = range?.text ?? (range?.low || range?.high ? `${range.low?.value ?? ""} – ${range.high?.value ?? ""}` : "");
  return [...put("value", value), ...put("range", between), ...put("date", dateOf(r, language))];
}
