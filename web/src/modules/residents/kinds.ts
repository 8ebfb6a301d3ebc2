import type { Resource } from "../../api/fhir";
import { type Concept, conceptOf } from "../../resource/codes";
import type { Result } from "../../resource/results";
import { whenOf } from "../../resource/summary";
import type { Language, Text } from "../../words";
import { words } from "./words";

/** The kinds into which a record is sorted, in the order in which people look. */
export const kinds: { key: string; words: Text; types: readonly string[] }[] = [
  { key: "problems", words: words.problems, types: ["Condition"] },
  { key: "allergies", words: words.allergy, types: ["AllergyIntolerance"] },
  { key: "medicines", words: words.medicines, types: ["MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration"] },
  { key: "results", words: words.results, types: ["Observation", "DiagnosticReport", "ImagingStudy"] },
  { key: "visits", words: words.visits, types: ["Encounter", "EpisodeOfCare", "Appointment"] },
  { key: "vaccines", words: words.vaccines, types: ["Immunization"] },
  { key: "procedures", words: words.procedures, types: ["Procedure"] },
  { key: "papers", words: words.papers, types: ["DocumentReference", "Composition", "QuestionnaireResponse"] },
];

const apart = ["Patient", ...kinds.flatMap((k) => k.types)];

/** Those of a kind; "others" are of none. */
export const ofKind = (all: Resource[], key: string): Resource[] => {
  const types = kinds.find((k) => k.key === key)?.types;
  return all.filter((r) => (types ? types.includes(r.resourceType) : !apart.includes(r.resourceType)));
};

/** Whether something is a notice of the platform: it stands among the messages, and tells nothing of anybody's health. */
export const isNotice = (r: Resource): boolean =>
  r.resourceType === "Communication" && ((r["category"] ?? []) as Concept[]).some((c) => c.coding?.some((one) => one.code === "notification"));

const instant = (text: string) => (text ? Date.parse(text) || 0 : -Infinity);

/** The newest first; what has no date comes last. */
export const newestFirst = (all: Resource[]): Resource[] => all.map((r) => [instant(whenOf(r)), r] as const).sort(([a], [b]) => b - a || 0).map(([, r]) => r);

/** Measurements of one kind and unit over time. */
export interface Series {
  key: string;
  name: string;
  unit: string;
  results: Result[]; // the oldest first
}

/** What was measured more than once, the most often first; those that are drawn together have the same code and unit. */
export function seriesOf(all: Resource[], language: Language): Series[] {
  const found = new Map<string, Series>();
  for (const r of all as Result[]) {
    const q = r.valueQuantity;
    const code = r.code as Concept | undefined;
    if (r.resourceType !== "Observation" || q?.value === undefined || !code || !whenOf(r) || r["status"] === "entered-in-error") continue;
    const coding = code.coding?.[0];
    const unit = q.unit ?? q.code ?? "";
    const key = `${coding ? `${coding.system}|${coding.code}` : code.text} ${unit}`;
    const series = found.get(key) ?? { key, name: conceptOf(code, language), unit, results: [] };
    series.results.push(r);
    found.set(key, series);
  }
  const many = [...found.values()].filter((s) => s.results.length > 1);
  for (const s of many) s.results.sort((a, b) => instant(whenOf(a)) - instant(whenOf(b)));
  return many.sort((a, b) => b.results.length - a.results.length);
}
