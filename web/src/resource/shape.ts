import { Exact } from "./json/parse";
import { isDate } from "../words/dates";

/** What a value of FHIR is, as far as its members tell. */
export type Shape =
  | "text" | "date" | "number" | "boolean" | "code" | "concept" | "coding" | "quantity" | "range" | "ratio" | "period" | "reference" | "identifier" | "contact" | "name"
  | "address" | "attachment" | "annotation" | "narrative" | "parts" | "resource";

export type Members = Record<string, unknown>;

export const isMembers = (value: unknown): value is Members => typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Exact);

const contacts = ["phone", "fax", "email", "pager", "url", "sms", "other"];
const plain = ["id", "extension"];

/** A value's shape. What fits none is a group of parts. */
export function shapeOf(value: unknown, name: string): Shape {
  if (typeof value === "number" || value instanceof Exact) return "number";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "string") return isDate(value) ? "date" : /^[a-z][a-z-]*$/i.test(value) && !/(text|string|display|title|description)$/i.test(name) ? "code" : "text";
  if (!isMembers(value)) return "text";
  const has = (...names: string[]) => names.some((n) => n in value);
  const only = (...names: string[]) => Object.keys(value).every((n) => names.includes(n.replace(/^_/, "")) || plain.includes(n));
  if (has("resourceType")) return "resource";
  if (has("div")) return "narrative";
  if (has("coding") && only("coding", "text")) return "concept";
  if (has("text") && only("text")) return /note$/i.test(name) ? "annotation" : "concept";
  if (has("reference", "display", "identifier") && only("reference", "display", "identifier", "type")) return "reference";
  if (has("system") && contacts.includes(String(value["system"])) && only("system", "value", "use", "rank", "period")) return "contact";
  if (has("value") && only("value", "unit", "system", "code", "comparator") && isNumber(value["value"])) return "quantity";
  if (has("value", "system") && only("use", "type", "system", "value", "period", "assigner")) return "identifier";
  if (has("code", "system") && typeof (value["code"] ?? "") === "string" && only("system", "version", "code", "display", "userSelected")) return "coding";
  if (has("numerator", "denominator")) return "ratio";
  if (has("low", "high") && only("low", "high")) return "range";
  if (has("start", "end") && only("start", "end")) return "period";
  if (has("family", "given") || (has("text") && only("text", "use", "prefix", "suffix", "period"))) return "name";
  if (has("line", "city", "district", "state", "postalCode", "country")) return "address";
  if (has("contentType", "data") || (has("url") && has("title"))) return "attachment";
  if (has("text") && only("text", "time", "authorString", "authorReference")) return "annotation";
  return "parts";
}

const isNumber = (value: unknown) => typeof value === "number" || value instanceof Exact;

/** The resource's elements as they are read: key facts first, what all resources have and a narrative apart. */
export function elementsOf(resource: Members, path: string, first: readonly string[] = []): [name: string, value: unknown][] {
  const apart = ["resourceType", "id", "meta", "text", "contained", "extension", "modifierExtension", "implicitRules", "language"];
  const skipped = path.includes(".") ? ["id", "extension", "modifierExtension"] : apart;
  const rank = (name: string) => {
    const at = first.findIndex((f) => name === f || (name.startsWith(f) && /^[A-Z]/.test(name.slice(f.length))));
    return at < 0 ? first.length : at;
  };
  return Object.entries(resource)
    .filter(([name, value]) => !skipped.includes(name) && !name.startsWith("_") && value !== undefined)
    .sort(([a], [b]) => rank(a) - rank(b));
}

/** Key facts of the common types, in the order in which people look for them. */
export const keyFacts: Record<string, readonly string[]> = {
  AllergyIntolerance: ["code", "clinicalStatus", "verificationStatus", "criticality", "category", "reaction", "onset", "patient"],
  AuditEvent: ["recorded", "outcome", "outcomeDesc", "agent", "purposeOfEvent", "entity", "action"],
  Communication: ["payload", "sent", "received", "status", "priority", "subject", "recipient", "sender"],
  Condition: ["code", "clinicalStatus", "verificationStatus", "severity", "onset", "abatement", "recordedDate", "subject"],
  Consent: ["status", "scope", "category", "patient", "dateTime", "provision"],
  Coverage: ["status", "type", "beneficiary", "payor", "period"],
  DiagnosticReport: ["code", "status", "conclusion", "result", "effective", "issued", "subject", "performer"],
  Encounter: ["status", "class", "type", "period", "serviceProvider", "participant", "reasonCode", "diagnosis", "subject"],
  Immunization: ["vaccineCode", "status", "occurrence", "patient", "doseQuantity", "lotNumber", "protocolApplied", "performer"],
  Location: ["name", "status", "description", "type", "address", "telecom", "managingOrganization"],
  MedicationRequest: ["medication", "status", "dosageInstruction", "authoredOn", "subject", "requester", "reasonCode"],
  Observation: ["code", "value", "interpretation", "referenceRange", "component", "status", "effective", "subject", "performer"],
  Organization: ["name", "active", "type", "telecom", "address", "partOf"],
  Patient: ["name", "gender", "birthDate", "identifier", "telecom", "address"],
  Practitioner: ["name", "active", "qualification", "telecom"],
  PractitionerRole: ["practitioner", "organization", "code", "specialty", "active", "period"],
  Procedure: ["code", "status", "performed", "subject", "performer", "bodySite", "outcome"],
  Provenance: ["target", "recorded", "agent", "activity", "signature"],
  Task: ["code", "status", "businessStatus", "for", "focus", "owner", "authoredOn", "restriction"],
};
