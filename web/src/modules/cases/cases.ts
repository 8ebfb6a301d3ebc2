import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type Bundle, fhir, type Reference, type Resource } from "../../api/fhir";
import { type Parameters, read } from "../../api/parameters";
import { useActing, type Acting } from "../../app/session";
import type { Schema } from "../../parts/form/schema";
import type { Language } from "../../words";

/** Where a case is. */
export interface Place {
  case: string;
  process: string;
  "process-zh": string;
  "process-en": string;
  state: string;
  "state-zh": string;
  "state-en": string;
  since?: string;
  deadline?: string;
  late: boolean;
  waits?: string; // the party that is to act; none where the case has ended
  "waits-zh"?: string;
  "waits-en"?: string;
  resident?: string;
  focus?: string;
}

export type Scope = "mine" | "office" | "role" | "begun";

export interface Count {
  process: string;
  open: number;
  overdue: number;
}

interface Box {
  case: Place[];
  count: Count[];
  next?: string;
}

/** A move that somebody may make. */
export interface Possible {
  process?: string;
  code: string;
  zh: string;
  en: string;
  doc: string;
  blocked?: string;
  schema: string;
  "to-zh"?: string;
  "to-en"?: string;
}

interface Words {
  name: string;
  zh: string;
  en: string;
}

export interface Party extends Words {
  who?: string;
  called?: string;
  role?: string;
}

export interface Kept extends Words {
  code: { code: string; zh: string; en: string }[];
}

/** A case, as who asks may know of it. */
export interface Case {
  place: Place;
  version: number;
  party: Party[];
  kept: Kept[];
  move: Possible[];
}

/** A move that was made. */
export interface Step {
  move: string;
  "move-zh"?: string;
  "move-en"?: string;
  to: string;
  "to-zh"?: string;
  "to-en"?: string;
  who?: string;
  called?: string;
  at: string;
  until?: string;
  pending?: boolean; // it is being sent
}

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

function inboxPath({ of, process, late, count = 50 }: Wanted, page: string): string {
  const q = new URLSearchParams({ of, count: String(count) });
  if (!page && of !== "begun") q.set("counts", "true");
  if (process) q.set("process", process);
  if (late) q.set("late", "true");
  if (page) q.set("page", page);
  return `Task/$inbox?${q}`;
}

const asBox = (p: Parameters): Box => {
  const box = read<{ case: Place[]; count: Count[]; next?: string }>(p, ["case", "count"]);
  return box;
};

/** The cases that wait, page by page; the first page has the counts. */
export function useInbox(wanted: Wanted, enabled = true) {
  return useInfiniteQuery({
    queryKey: keys.inbox(wanted),
    queryFn: async ({ pageParam, signal }) => asBox((await fhir<Parameters>(inboxPath(wanted, pageParam), { signal })).data),
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

/** What the residents of cases are called, by their references; one request for all that are shown. */
export function useResidents(places: Place[]) {
  const ids = [...new Set(places.filter((p) => p.resident).map((p) => idOf(p.case)))].sort();
  return useQuery({
    queryKey: ["cases", "residents", ids],
    queryFn: async ({ signal }) => {
      const bundle = (await fhir<Bundle>(`Task?_id=${ids.join(",")}&_include=Task:patient&_count=200`, { signal })).data;
      return Object.fromEntries((bundle.entry ?? []).flatMap(({ resource: r }) => (r?.resourceType === "Patient" ? [[`Patient/${r.id}`, r]] : [])));
    },
    enabled: ids.length > 0,
    placeholderData: (before) => before,
    retry: false,
  });
}

/** A case, and what one may do in it. */
export function useCase(id: string) {
  return useQuery({
    queryKey: keys.case(id),
    queryFn: async ({ signal }) => {
      const found = read<Case>((await fhir<Parameters>(`Task/${id}/$moves`, { signal })).data, ["party", "kept", "move"]);
      return { ...found, kept: found.kept.map((k) => ({ ...k, code: ([] as Kept["code"]).concat(k.code ?? []) })) };
    },
  });
}

/** What a case holds and what it is about: the Task, the resident, the record; what may not be seen is not there. */
export function useTask(id: string) {
  return useQuery({
    queryKey: keys.task(id),
    queryFn: async ({ signal }) => {
      const bundle = (await fhir<Bundle>(`Task?_id=${id}&_include=Task:patient&_include=Task:focus`, { signal })).data;
      const all = (bundle.entry ?? []).flatMap((e) => (e.resource ? [e.resource] : []));
      const task = all.find((r) => r.resourceType === "Task" && r.id === id) as Task | undefined;
      const named = (reference: string | undefined) => all.find((r) => `${r.resourceType}/${r.id}` === reference);
      return { task, resident: named(task?.for?.reference), focus: named(task?.focus?.reference) };
    },
    retry: false,
  });
}

/** What was done in a case. */
export function useHistory(id: string) {
  return useQuery({
    queryKey: keys.history(id),
    queryFn: async ({ signal }) => read<{ step: Step[] }>((await fhir<Parameters>(`Task/${id}/$move-history`, { signal })).data, ["step"]).step,
  });
}

/** What one may begin. */
export function useBeginnings() {
  const { source } = useActing();
  return useQuery({
    queryKey: [...keys.beginnings, source],
    queryFn: async ({ signal }) => read<{ move: Possible[] }>((await fhir<Parameters>("Task/$beginnings", { signal })).data, ["move"]).move,
    staleTime: 600_000,
  });
}

/** The schema of what a move needs. */
export const schemaOf = (move: Possible): Schema => JSON.parse(move.schema) as Schema;

/** Whether a move needs nothing filled in. */
export const needsNothing = (move: Possible): boolean => Object.keys(schemaOf(move).properties ?? {}).length === 0;
