import { useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { type Bundle, fhir, type Reference, type Resource } from "../../api/fhir";
import { type Input, operate, type Output } from "../../api/parameters";
import { together } from "../../api/together";
import { useActing, type Acting } from "../../app/session";
import { chunks } from "../../parts/chunks";
import type { Schema } from "../../parts/form/schema";
import type { Language } from "../../words";

type Moves = "Task/[id]/$moves";

/** Where a case is. */
export type Place = Output<Moves>["place"];

export type Scope = NonNullable<Input<"Task/$inbox">["of"]>;

export type Count = Output<"Task/$inbox">["count"][number];

/** A move that somebody may make. */
export type Possible = Output<Moves>["move"][number];

export type Party = Output<Moves>["party"][number];

/** A case, as who asks may know of it. */
export type Case = Output<Moves>;

/** A move that was made. */
export type Step = Output<"Task/[id]/$move-history">["step"][number] & {
  pending?: boolean; // it is being sent
};

/** The Task of a case. */
export interface Task extends Resource {
  input?: { type?: { text?: string }; [value: string]: unknown }[];
  output?: { type?: { text?: string }; [value: string]: unknown }[];
  note?: { text?: string; time?: string; authorReference?: Reference }[];
  focus?: Reference;
  for?: Reference;
}

/** A text in the person's language, of something that has both. */
export const inWords = <K extends string>(of: { [key in `${K}-zh` | `${K}-en`]?: string }, name: K, language: Language): string =>
  (language === "en" ? of[`${name}-en`] : of[`${name}-zh`]) ?? "";

/** What something that has a zh and an en is called. */
export const callOf = (of: { zh: string; en: string }, language: Language): string => (language === "en" ? of.en : of.zh);

/** The id of the Task of a reference. */
export const idOf = (reference: string): string => reference.replace("Task/", "");

/** Keys of what is asked of the server. */
export const keys = {
  all: ["cases"] as const,
  inbox: (...of: unknown[]) => ["cases", "inbox", ...of] as const,
  case: (id: string) => ["cases", "case", id] as const,
  task: (id: string) => ["cases", "task", id] as const,
  common: (names: string[]) => ["cases", "common", names] as const,
  history: (id: string) => ["cases", "history", id] as const,
  beginnings: ["cases", "beginnings"] as const,
};

/** What an inbox is asked for. */
export interface Wanted {
  of: Scope;
  process?: string;
  late?: boolean;
  count?: number;
}

/** The cases that wait, page by page; the first page has the counts. */
export function useInbox(wanted: Wanted, enabled = true) {
  return useInfiniteQuery({
    queryKey: keys.inbox(wanted),
    queryFn: async ({ pageParam, signal }) => {
      const { of, process, late, count = 50 } = wanted;
      const first = !pageParam && of !== "begun";
      const asked = { of, count, counts: first || undefined, process, late: late || undefined, page: pageParam || undefined };
      return (await operate("Task/$inbox", asked, { signal })).data;
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    placeholderData: (before) => before,
    enabled,
  });
}

/** Whose inboxes somebody has, the usual first. */
export function scopesOf(acting: Acting): Scope[] {
  if (acting.resident) return ["mine", "begun"];
  const own: Scope[] = acting.institution ? ["mine", "office", "role"] : ["mine", "role"];
  const first: Scope = acting.role === "office" ? "office" : acting.role === "regulator" || acting.role === "operator" ? "role" : "mine";
  return [first, ...own.filter((s) => s !== first)];
}

/** How many residents are asked for at a time: as many cases as a page of an inbox has. */
const residentsAtOnce = 50;

/** Cases in their order, as many at a time as are asked about in one request: what was there before stays in its part. */
export function partsOf(places: Place[]): string[][] {
  const ids = [...new Set(places.filter((p) => p.resident).map((p) => idOf(p.case)))];
  return chunks(ids, residentsAtOnce);
}

/** What the residents of cases are called, by their references; one request for a page of them. */
export function useResidents(places: Place[]): { data: Record<string, Resource> } {
  return useQueries({
    queries: partsOf(places).map((ids) => ({
      queryKey: ["cases", "residents", ids],
      queryFn: async ({ signal }: { signal: AbortSignal }) =>
        (await fhir<Bundle>(`Task?_id=${ids.join(",")}&_include=Task:patient&_count=${residentsAtOnce}`, { signal })).data,
      retry: false,
    })),
    combine: residentsOf,
  });
}

/** The residents that came with cases, by their references. */
function residentsOf(all: { data: Bundle | undefined }[]) {
  const found = all.flatMap(({ data }) => data?.entry ?? []);
  return { data: Object.fromEntries(found.flatMap(({ resource: r }) => (r?.resourceType === "Patient" ? [[`Patient/${r.id}`, r]] : []))) };
}

/** How many cases are moved at once. */
export const casesMost = 200;

/** What one may do in each of several cases, filled in alike. */
export function useCommon(names: string[]) {
  const [first = "", ...also] = names;
  return useQuery({
    queryKey: keys.common(names),
    queryFn: async ({ signal }) => (await operate("Task/[id]/$moves", { also }, { id: idOf(first), signal, posted: true })).data.move,
    enabled: names.length > 0 && names.length <= casesMost,
  });
}

/** A case, and what one may do in it. */
export function useCase(id: string) {
  return useQuery({
    queryKey: keys.case(id),
    queryFn: async ({ signal }) => (await operate("Task/[id]/$moves", {}, { id, signal, joined: true })).data,
  });
}

/** What a case holds and what it is about: the Task, the resident, the record; what may not be seen is not there. A permit counts for the resident who is named. */
export function useTask(id: string, whom: string | undefined, enabled = true) {
  return useQuery({
    queryKey: keys.task(id),
    queryFn: async ({ signal }) => {
      const bundle = await together<Bundle>(`Task?_id=${id}${whom ? `&patient=${whom}` : ""}&_include=Task:patient&_include=Task:focus`, signal);
      const all = (bundle.entry ?? []).flatMap((e) => (e.resource ? [e.resource] : []));
      const task = all.find((r) => r.resourceType === "Task" && r.id === id) as Task | undefined;
      const named = (reference: string | undefined) => all.find((r) => `${r.resourceType}/${r.id}` === reference);
      return { task, resident: named(task?.for?.reference), focus: named(task?.focus?.reference) };
    },
    retry: false,
    enabled,
  });
}

/** What was done in a case. */
export function useHistory(id: string) {
  return useQuery({
    queryKey: keys.history(id),
    queryFn: async ({ signal }) => (await operate("Task/[id]/$move-history", {}, { id, signal, joined: true })).data.step as Step[],
  });
}

/** What one may begin. */
export function useBeginnings(enabled = true) {
  const { source } = useActing();
  return useQuery({
    queryKey: [...keys.beginnings, source],
    queryFn: async ({ signal }) => (await operate("Task/$beginnings", {}, { signal })).data.move,
    staleTime: 600_000,
    enabled,
  });
}

/** The schema of what a move needs. */
export const schemaOf = (move: Possible): Schema => JSON.parse(move.schema) as Schema;

/** Whether a move needs nothing filled in. */
export const needsNothing = (move: Possible): boolean => Object.keys(schemaOf(move).properties ?? {}).length === 0;
