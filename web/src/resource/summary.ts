import type { Coding, Reference, Resource } from "../api/fhir";
import { type Language, say } from "../words";
import { codeOf, codingOf, type Concept, conceptOf } from "./codes";
import { typeOf } from "./elements";
import { quantityOf, type Quantity } from "./results";
import { isMembers } from "./shape";
import { words } from "./words";

interface HumanName {
  text?: string;
  family?: string;
  given?: string[];
}

/** A person's name in one line: as written, else family and given names; without a blank where they are Chinese. */
export function nameOf(names: HumanName[] | undefined): string {
  const name = names?.[0];
  if (!name) return "";
  const { text, family = "", given = [] } = name;
  return text ?? (/[\u3400-\u9fff]/.test(family) ? family + given.join("") : [...given, family].join(" ").trim());
}

const titles = ["code", "vaccineCode", "medicationCodeableConcept", "medicationReference", "type", "class", "scope", "category"];

/** What a resource is called in a list. */
export function titleOf(r: Resource, language: Language): string {
  if (r.resourceType === "AuditEvent") return typeOf(r.resourceType, language); // its type is that of the interface
  const name = r["name"];
  if (typeof name === "string") return name;
  if (Array.isArray(name)) return nameOf(name as HumanName[]) || typeOf(r.resourceType, language);
  if (typeof r["title"] === "string") return r["title"];
  const who = r.resourceType === "PractitionerRole" ? (r["practitioner"] as Reference | undefined)?.display : undefined;
  for (const element of titles) {
    const value = Array.isArray(r[element]) ? (r[element] as unknown[])[0] : r[element];
    if (!isMembers(value)) continue;
    const single = typeof value["display"] === "string" || typeof value["code"] === "string";
    const words = single ? codingOf(value as Coding, language) : conceptOf(value as Concept, language);
    if (words) return [who, words].filter(Boolean).join(" ");
  }
  return who ?? typeOf(r.resourceType, language);
}

const dates = [
  "effectiveDateTime", "effectiveInstant", "effectivePeriod", "period", "performedDateTime", "performedPeriod", "occurrenceDateTime", "onsetDateTime", "onsetPeriod", "recordedDate",
  "authoredOn", "dateTime", "date", "issued", "recorded", "sent", "started", "created", "authored", "dateAsserted", "whenHandedOver",
];

/** When what a resource tells of was, as FHIR has it; "" for what has no date. */
export function whenOf(r: Resource): string {
  for (const element of dates) {
    const value = r[element];
    if (typeof value === "string") return value;
    if (isMembers(value) && typeof (value["start"] ?? value["end"]) === "string") return String(value["start"] ?? value["end"]);
  }
  return "";
}

/** The value or state that a list shows of a resource. */
export function gistOf(r: Resource, language: Language): string {
  if (isMembers(r["valueQuantity"])) return quantityOf(r["valueQuantity"] as Quantity);
  if (isMembers(r["valueCodeableConcept"])) return conceptOf(r["valueCodeableConcept"] as Concept, language);
  if (typeof r["valueString"] === "string") return r["valueString"];
  if (Array.isArray(r["component"])) return (r["component"] as { code?: Concept; valueQuantity?: Quantity }[]).map((c) => `${conceptOf(c.code, language)} ${quantityOf(c.valueQuantity)}`).join(say(words.then, language));
  if (typeof r["conclusion"] === "string") return r["conclusion"];
  const dosage = Array.isArray(r["dosageInstruction"]) ? (r["dosageInstruction"] as { text?: string }[])[0]?.text : undefined;
  if (dosage) return dosage;
  const state = r["clinicalStatus"];
  return isMembers(state) ? conceptOf(state as Concept, language) : typeof r["status"] === "string" ? codeOf(r["status"], language) : "";
}

/** All references of a resource to others of the record, in order and once each. */
export function referencesOf(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) for (const v of value) referencesOf(v, found);
  else if (isMembers(value)) {
    const { reference } = value as Reference;
    if (typeof reference === "string" && /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]+$/.test(reference)) found.add(reference);
    for (const v of Object.values(value)) referencesOf(v, found);
  }
  return found;
}
