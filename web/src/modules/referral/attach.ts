import type { Resource } from "../../api/fhir";
import { newestFirst } from "../residents/kinds";
import { whenOf } from "../../resource/summary";
import { words } from "./words";
import type { Text } from "../../words";

/** How many records a letter takes along. */
export const attachedMost = 40;

const recently = 180; // days

/** What of a record a letter can take along, by kinds, the newest first. */
export interface Group {
  key: string;
  words: Text;
  of: Resource[];
}

const groups: { key: string; words: Text; types: readonly string[] }[] = [
  { key: "medicines", words: words.medicines, types: ["MedicationRequest", "MedicationStatement"] },
  { key: "allergies", words: words.allergies, types: ["AllergyIntolerance"] },
  { key: "results", words: words.results, types: ["Observation", "DiagnosticReport", "ImagingStudy"] },
  { key: "problems", words: words.problems, types: ["Condition", "Procedure"] },
];

/** The types that a letter takes along. */
export const attachable: readonly string[] = groups.flatMap((g) => g.types);

const says = (r: Resource, element: string, ...codes: string[]): boolean => codes.some((code) => JSON.stringify(r[element] ?? "").includes(`"${code}"`));

const isWrong = (r: Resource): boolean => says(r, "status", "entered-in-error", "cancelled") || says(r, "verificationStatus", "entered-in-error", "refuted");

/** Whether something still holds: a medicine that is taken, an allergy or a problem that is there. */
export function stands(r: Resource): boolean {
  if (isWrong(r)) return false;
  if (r.resourceType === "MedicationRequest" || r.resourceType === "MedicationStatement") return says(r, "status", "active");
  return !says(r, "clinicalStatus", "inactive", "resolved", "remission");
}

/** The reference of a resource. */
export const nameOf = (r: Resource): string => `${r.resourceType}/${r.id}`;

/** What can be taken along, by kinds; results that stand in a report come with it. */
export function groupsOf(all: Resource[]): Group[] {
  const inReports = new Set(all.flatMap((r) => (r.resourceType === "DiagnosticReport" ? ((r["result"] ?? []) as { reference?: string }[]).flatMap((x) => x.reference ?? []) : [])));
  const sound = newestFirst(all.filter((r) => !isWrong(r) && !inReports.has(nameOf(r))));
  return groups.map((g) => ({ key: g.key, words: g.words, of: sound.filter((r) => g.types.includes(r.resourceType)) })).filter((g) => g.of.length > 0);
}

/** What is taken along unless somebody chooses otherwise: medicines and allergies that stand, and the reports of late; each medicine once. */
export function usualOf(all: Resource[], now: Date): string[] {
  const since = new Date(now.getTime() - recently * 86_400_000).toISOString().slice(0, 10);
  const seen = new Set<string>();
  const once = (r: Resource): boolean => {
    const what = JSON.stringify(r["medicationCodeableConcept"] ?? r["medicationReference"] ?? r.id);
    return !seen.has(what) && Boolean(seen.add(what));
  };
  const usual = groupsOf(all).flatMap((g) => g.of.filter((r) => {
    if (g.key === "medicines") return stands(r) && once(r);
    if (g.key === "allergies") return stands(r);
    return g.key === "results" && r.resourceType !== "Observation" && whenOf(r) >= since;
  }));
  return usual.slice(0, attachedMost).map(nameOf);
}
