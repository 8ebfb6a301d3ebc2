import { useQuery } from "@tanstack/react-query";
import type { Coding, Reference, Resource } from "../../api/fhir";
import { useActing } from "../../app/session";
import { type Concept, codingOf } from "../../resource/codes";
import { type Language, say, type Text } from "../../words";
import { dayAt } from "../../words/dates";
import { levels as levelNames } from "../alliance/words";
import { batch } from "./batch";

const parts = "urn:yitong:codesystem:alliance-role";
const levels = "urn:yitong:codesystem:hospital-level";

/** Which way a referral goes. */
export type Way = "up" | "down";

/** The way of a process, undefined for one that is no referral. */
export const wayOf = (process: string | undefined): Way | undefined => ({ "referral-up": "up", "referral-down": "down" } as const)[process ?? ""];

/** What binds an institution to an alliance. */
export interface Agreement {
  alliance: string;
  institution: string;
  level: string; // such as 3A, "" for none
  levelName: string;
  leads: boolean;
  partner: boolean;
  green: boolean;
  services: string[];
}

/** A department that takes referrals. */
export interface Department {
  reference: string;
  name: string;
  green: boolean;
}

/** An institution with the departments to which a referral may lead. */
export interface Hospital {
  reference: string;
  name: string;
  address: string;
  level: string;
  levelName: string;
  leads: boolean;
  partner: boolean;
  distance?: number; // km, as the crow flies
  departments: Department[];
}

/** Where something is. */
export interface Position {
  latitude: number;
  longitude: number;
}

const listOf = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);
const referenceOf = (value: unknown): string => (value as Reference | undefined)?.reference ?? "";

/** A level in the reader's language; one that we do not know as it is said. */
function levelIn(level: Coding, language: Language): string {
  const known: Record<string, Text> = levelNames;
  const ours = known[level.code ?? ""];
  return ours ? say(ours, language) : codingOf(level, language);
}

/** Reads the agreements that hold on a day. */
export function agreementsOf(found: Resource[], today: string, language: Language): Agreement[] {
  return found.flatMap((r) => {
    const { start = "", end = "" } = (r["period"] ?? {}) as { start?: string; end?: string };
    if (r.resourceType !== "OrganizationAffiliation" || r["active"] === false || start > today || (end && end < today)) return [];
    const codings = listOf<Concept>(r["code"]).flatMap((c) => c.coding ?? []);
    const is = (code: string) => codings.some((c) => c.system === parts && c.code === code);
    const level = codings.find((c) => c.system === levels);
    return [{
      alliance: referenceOf(r["organization"]), institution: referenceOf(r["participatingOrganization"]), level: level?.code ?? "", levelName: level ? levelIn(level, language) : "",
      leads: is("lead"), partner: is("partner"), green: is("green-channel"), services: listOf<Reference>(r["healthcareService"]).flatMap((s) => s.reference ?? []),
    }];
  });
}

/** Whether an institution is a higher hospital than another of the same alliance: by its level, or it leads or is a partner where the other is neither. */
export function isAbove(a: Agreement, b: Agreement): boolean {
  const [x, y] = [a.level.slice(0, 1), b.level.slice(0, 1)];
  if (x !== y) return x > y;
  return (a.leads || a.partner) && !b.leads && !b.partner;
}

const earth = 6371; // km

/** How far two places are from each other, in km, as the crow flies. */
export function distanceOf(a: Position, b: Position): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180;
  const [dLat, dLon] = [rad(b.latitude - a.latitude), rad(b.longitude - a.longitude)];
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(rad(a.latitude)) * Math.cos(rad(b.latitude)) * Math.sin(dLon / 2) ** 2;
  return 2 * earth * Math.asin(Math.sqrt(h));
}

/** What is known to find where a referral may lead. */
export interface Known {
  mine: Agreement[];
  all: Agreement[];
  named: ReadonlyMap<string, Resource>; // institutions, departments and places
  here?: Position;
}

const positionOf = (place: Resource | undefined): Position | undefined => place?.["position"] as Position | undefined;

/** Where a referral may lead one way: the nearest first, then the highest; in the green channel only where it is agreed, and to nobody who was asked before. */
export function hospitalsOf({ mine, all, named, here }: Known, way: Way, green: boolean, asked: readonly string[] = []): Hospital[] {
  const found = new Map<string, Hospital>();
  for (const theirs of all) {
    const fits = mine.some((m) => m.alliance === theirs.alliance && m.institution !== theirs.institution && (way === "up" ? isAbove(theirs, m) : isAbove(m, theirs)));
    if (!fits || (green && !theirs.green) || asked.includes(theirs.institution)) continue;
    const at = named.get(theirs.institution);
    const address = listOf<{ text?: string }>(at?.["address"])[0]?.text ?? "";
    const hospital = found.get(theirs.institution) ?? {
      reference: theirs.institution, name: typeof at?.["name"] === "string" ? at["name"] : theirs.institution, address, level: theirs.level, levelName: theirs.levelName,
      leads: theirs.leads, partner: theirs.partner, departments: [],
    };
    for (const reference of theirs.services) {
      const service = named.get(reference);
      if (!service || service["active"] === false || referenceOf(service["providedBy"]) !== theirs.institution) continue;
      const there = positionOf(named.get(referenceOf(listOf<Reference>(service["location"])[0])));
      if (here && there && hospital.distance === undefined) hospital.distance = distanceOf(here, there);
      const before = hospital.departments.find((d) => d.reference === reference);
      if (before) before.green ||= theirs.green;
      else hospital.departments.push({ reference, name: String(service["name"] ?? reference), green: theirs.green });
    }
    if (hospital.departments.length > 0) found.set(hospital.reference, hospital);
  }
  const far = (h: Hospital) => h.distance ?? Number.POSITIVE_INFINITY;
  return [...found.values()].sort((a, b) => far(a) - far(b) || b.level.localeCompare(a.level) || a.name.localeCompare(b.name, "zh-CN"));
}

const included = ["service", "participating-organization"].map((i) => `&_include=OrganizationAffiliation:${i}`).join("");

/** The agreements of one's own institution and of those with which it has them, with their departments. */
export function useAgreements(language: Language) {
  const { institution = "" } = useActing();
  return useQuery({
    queryKey: ["referral", "agreements", institution, language],
    queryFn: async ({ signal }): Promise<Known> => {
      const bound = `primary-organization._has:OrganizationAffiliation:primary-organization:participating-organization=${institution}`;
      const [found = [], places = []] = await batch([
        `OrganizationAffiliation?active=true&${bound}${included}&_include:iterate=HealthcareService:location&_count=500`,
        `Location?organization=${institution}&_count=1`,
      ], signal);
      const all = agreementsOf(found, dayAt(new Date()), language);
      const here = positionOf(places[0]);
      const named = new Map(found.map((r) => [`${r.resourceType}/${r.id}`, r]));
      return { mine: all.filter((a) => a.institution === institution), all, named, ...(here && { here }) };
    },
    staleTime: 300_000,
  });
}
