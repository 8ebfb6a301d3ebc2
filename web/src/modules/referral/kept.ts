import { useQuery } from "@tanstack/react-query";
import type { Reference, Resource } from "../../api/fhir";
import type { Task } from "../cases/cases";
import { batch } from "./batch";

/** What a referral keeps: what was said before the letter, and what stands since the last one was written. */
export interface Kept {
  question: string;
  assessment: string;
  opinions: string[];
  letter: string;
  asked: string[]; // departments, in order
  post: string;
  time: string;
  bring: string; // at that time
  visit: string; // the Appointment at that time, "" for none
  plan: string;
  followUps: string[]; // days, in order
  consent: string;
  conclusion: string;
  reason: string;
  summary: string;
  appropriate: string;
  followedUp: string[]; // what was found, in order
}

type One = NonNullable<Task["input"]>[number];

const referenceOf = (one: One): string => (one["valueReference"] as Reference | undefined)?.reference ?? "";
const textOf = (one: One): string => String(Object.entries(one).find(([key, v]) => key.startsWith("value") && typeof v === "string")?.[1] ?? "");

/** Reads what a referral keeps. */
export function keptOf(task: Pick<Task, "input" | "output"> | undefined): Kept {
  const inputs = task?.input ?? [];
  const outputs = task?.output ?? [];
  const at = inputs.findLastIndex((i) => i.type?.text === "letter");
  const since = at < 0 ? [] : inputs.slice(at);
  const timed = inputs.slice(inputs.findLastIndex((i) => i.type?.text === "time"));
  const all = (list: One[], name: string, read = textOf) => list.filter((i) => i.type?.text === name).map(read).filter(Boolean);
  const last = (list: One[], name: string, read = textOf) => all(list, name, read).at(-1) ?? "";
  return {
    question: last(inputs, "question"), assessment: last(inputs, "assessment"), opinions: all(inputs, "opinion"),
    letter: last(since, "letter", referenceOf), asked: all(since, "asked", referenceOf), post: last(since, "post", referenceOf), time: last(since, "time"), bring: last(timed, "bring"), visit: last(timed, "visit", referenceOf),
    plan: last(since, "plan", referenceOf), followUps: all(since, "follow-up"), consent: last(since, "consent"),
    conclusion: last(outputs, "conclusion"), reason: last(outputs, "reason"), summary: last(outputs, "summary"), appropriate: last(outputs, "appropriate"), followedUp: all(outputs, "followed-up"),
  };
}

/** A part of a letter: what it says, and the records that it takes along. */
export interface Section {
  title: string;
  code: string;
  div: string;
  entries: string[];
}

/** The parts of a letter, in order. */
export function sectionsOf(letter: Resource | undefined): Section[] {
  const all = (letter?.["section"] ?? []) as { title?: string; code?: { coding?: { code?: string }[] }; text?: { div?: string }; entry?: Reference[] }[];
  return all.map((s) => ({ title: s.title ?? "", code: s.code?.coding?.[0]?.code ?? "", div: s.text?.div ?? "", entries: (s.entry ?? []).flatMap((e) => e.reference ?? []) }));
}

/** One day of a plan. */
export interface FollowUp {
  day: string;
  done: boolean;
  findings: string;
}

/** The follow-ups of a plan with what was found, in order: those of its CarePlan, else the days of the letter. */
export function followUpsOf(plan: Resource | undefined, kept: Kept): FollowUp[] {
  const activities = (plan?.["activity"] ?? []) as { detail?: { status?: string; scheduledPeriod?: { start?: string } } }[];
  const days = activities.map((a) => ({ day: a.detail?.scheduledPeriod?.start ?? "", done: a.detail?.status === "completed" }));
  const all = days.length > 0 ? days : kept.followUps.map((day) => ({ day, done: false }));
  return all.map((f, i) => ({ ...f, findings: f.done ? (kept.followedUp[i] ?? "") : "" }));
}

const typed = (reference: string): string => reference.split("/")[1] ?? "";

/** The records that a referral refers to: the letter with what it takes along, the departments that were asked, the post, the plan. */
export function useRecords(kept: Kept, resident: string | undefined) {
  const of = resident ? `&patient=${resident}` : ""; // for whom a permit counts
  const urls = [
    kept.letter && `Composition?_id=${typed(kept.letter)}${of}&_include=Composition:entry&_include=Composition:author`,
    kept.asked.length > 0 && `HealthcareService?_id=${[...new Set(kept.asked)].map(typed).join(",")}&_include=HealthcareService:organization&_include=HealthcareService:location`,
    kept.plan && `CarePlan?_id=${typed(kept.plan)}${of}`,
  ].flatMap((url) => url || []);
  return useQuery({
    queryKey: ["cases", "referral", ...urls],
    queryFn: async ({ signal }) => new Map((await batch(urls, signal)).flat().map((r) => [`${r.resourceType}/${r.id}`, r])),
    enabled: urls.length > 0,
  });
}
