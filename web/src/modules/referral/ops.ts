import { useQuery } from "@tanstack/react-query";
import { fhir, type Reference } from "../../api/fhir";
import type { Parameters } from "../../api/parameters";
import { useActing } from "../../app/session";

/** Something with what it is called, as far as the reader may know. */
export interface Named {
  reference: string;
  display: string;
}

/** What both institutions' offices see of their referrals. */
export interface Board {
  at: string;
  whole: boolean; // all were counted
  state: { state: string; zh: string; en: string; waiting: number; overdue: number }[];
  department: { department: Named; waiting: number; overdue: number; scheduled: number; today: number; capacity?: number }[];
  case: Waiting[];
}

/** A referral on a board. */
export interface Waiting {
  case: Named;
  process: string;
  direction: "up" | "down";
  state: string;
  zh: string;
  en: string;
  urgency: string;
  department?: Named;
  from?: Named;
  resident?: Named;
  since?: string;
  due?: string;
  time?: string;
}

/** A number of the statistics. */
export interface Figure {
  code: string;
  zh: string;
  en: string;
  count: number;
  of?: number; // of how many
  minutes?: number;
  query?: string; // by which the cases counted are listed
}

/** A referral that a figure counts; what is left out, the reader may not know. */
export interface CountedCase {
  case?: Named;
  direction: "up" | "down";
  state?: string;
  zh?: string;
  en?: string;
  begun: string;
  due?: string;
  ended?: string;
  from?: Named;
}

/** What became of the referrals that began in a time. */
export interface Statistics {
  at: string;
  whole: boolean;
  figure: Figure[];
  institution: { institution: Named; up: number; down: number; accepted: number; decided: number; minutes?: number }[];
}

interface Parameter {
  name: string;
  part?: Parameter[];
  [value: string]: unknown;
}

/** Reads parameters by their names; those in lists are lists, and references keep what their targets are called. */
export function readNamed<T>(from: Pick<Parameters, "parameter">, lists: readonly string[]): T {
  const of = (all: readonly Parameter[]): Record<string, unknown> => {
    const out: Record<string, unknown> = {};
    for (const p of all) {
      const value = p.part ? of(p.part) : p["valueReference"] ? named(p["valueReference"] as Reference) : Object.entries(p).find(([key]) => key.startsWith("value"))?.[1];
      out[p.name] = value;
    }
    return out;
  };
  const all = (from.parameter ?? []) as Parameter[];
  const whole = of(all.filter((p) => !lists.includes(p.name)));
  return { ...Object.fromEntries(lists.map((name) => [name, all.filter((p) => p.name === name).map((p) => of(p.part ?? []))])), ...whole } as T;
}

const named = (r: Reference): Named => ({ reference: r.reference ?? "", display: r.display ?? "" });

/** What an office wants to see of its board, as it stands in the address. */
export interface Wanted {
  side: "sending" | "receiving";
  department: string;
  state: string;
  late: boolean;
}

/** Reads an address. */
export const wantedOf = (query: URLSearchParams): Wanted => ({
  side: query.get("side") === "sending" ? "sending" : "receiving", department: query.get("department") ?? "", state: query.get("state") ?? "", late: query.get("late") === "true",
});

/** The address of a board. */
export function queryOf({ side, department, state, late }: Wanted): URLSearchParams {
  return new URLSearchParams({ side, ...(department && { department }), ...(state && { state }), ...(late && { late: "true" }) });
}

/** The referrals of one's institution that are under way. */
export function useBoard(wanted: Wanted) {
  const { source } = useActing();
  const query = queryOf(wanted).toString();
  return useQuery({
    queryKey: ["cases", "referral", "board", source, query],
    queryFn: async ({ signal }) => readNamed<Board>((await fhir<Parameters>(`Task/$referral-board?${query}`, { signal })).data, ["state", "department", "case"]),
    placeholderData: (before) => before,
  });
}

/** What became of the referrals that began from one day to another. */
export function useStatistics(since: string, until: string, institution: string) {
  const { source } = useActing();
  const query = new URLSearchParams({ since, until, ...(institution && { institution }) }).toString();
  return useQuery({
    queryKey: ["cases", "referral", "statistics", source, query],
    queryFn: async ({ signal }) => readNamed<Statistics>((await fhir<Parameters>(`Task/$referral-statistics?${query}`, { signal })).data, ["figure", "institution"]),
    placeholderData: (before) => before,
  });
}

/** The cases that a figure counts. */
export function useCounted(criteria: string) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["cases", "referral", "counted", source, criteria],
    queryFn: async ({ signal }) => readNamed<{ case: CountedCase[] }>((await fhir<Parameters>(`Task/$referral-statistics?${criteria}`, { signal })).data, ["figure", "institution", "case"]).case,
    enabled: criteria !== "",
  });
}
