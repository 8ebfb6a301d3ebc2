import type { Bundle, Reference, Resource } from "../../api/fhir";
import { matches, nextOf } from "../../api/fhir";
import { conceptOf, type Concept } from "../../resource/codes";
import { type Language, say } from "../../words";
import { clockOf, dayOf } from "../../words/dates";
import { idOf, inWords, type Place } from "../cases/cases";
import { dueOf } from "./days";
import { listed } from "../../words/list";
import { words } from "./words";

/** Something that stands in the calendar on a day. */
export interface Entry {
  key: string;
  kind: "deadline" | "appointment" | "slots";
  day: string;
  time: string; // such as 08:30
  until?: string;
  title: string;
  note: string;
  to: string;
  bad: boolean; // late, or off
}

/** The deadlines of cases in which somebody has to act. */
export function deadlinesOf(places: Place[], language: Language): Entry[] {
  return places.flatMap((p) =>
    p.deadline && p.waits
      ? [{
          key: p.case, kind: "deadline" as const, ...dueOf(p.deadline), title: inWords(p, "process", language), note: inWords(p, "state", language), to: `/cases/${idOf(p.case)}`, bad: p.late,
        }]
      : [],
  );
}

interface Participant {
  actor?: Reference;
}

/** The appointments of a searchset. */
export function appointmentsOf(found: Resource[], language: Language): Entry[] {
  return found.flatMap((a) => {
    const start = String(a["start"] ?? "");
    if (!start) return [];
    const off = ["cancelled", "noshow", "entered-in-error"].includes(String(a["status"]));
    const services = ((a["serviceType"] ?? []) as Concept[]).map((c) => conceptOf(c, language));
    const what = typeof a["description"] === "string" ? a["description"] : listed(services, language);
    const who = ((a["participant"] ?? []) as Participant[]).flatMap((p) => p.actor?.display ?? []);
    const until = clockOf(String(a["end"] ?? ""));
    return [{
      key: `Appointment/${a.id}`, kind: "appointment" as const, day: dayOf(start), time: clockOf(start), ...(until && { until }), title: what || say(words.appointment, language),
      note: [...(off ? [say(words.cancelled, language)] : []), ...who].join(" · "), to: `/record/Appointment/${a.id}`, bad: off,
    }];
  });
}

/** The slots of a searchset, those of one schedule and day as one. */
export function slotsOf(found: Resource[], language: Language): Entry[] {
  const groups = new Map<string, Resource[]>();
  for (const s of found) {
    const key = `${(s["schedule"] as Reference | undefined)?.reference ?? ""} ${dayOf(String(s["start"] ?? ""))}`;
    groups.set(key, [...(groups.get(key) ?? []), s]);
  }
  return [...groups].map(([key, all]) => {
    const [schedule = "", day = ""] = key.split(" ");
    const starts = all.map((s) => String(s["start"])).sort();
    const ends = all.map((s) => String(s["end"])).sort();
    const free = all.filter((s) => s["status"] === "free").length;
    return {
      key: `slots ${key}`, kind: "slots" as const, day, time: clockOf(starts[0] ?? ""), until: clockOf(ends.at(-1) ?? ""), title: say(words.slots, language, all.length, free), note: "",
      to: `/record/${schedule}`, bad: false,
    };
  });
}

/** The searchsets that answer a batch, in the order in which they were asked for; what was refused has nothing. */
export const answersOf = (batch: Bundle): Resource[][] => (batch.entry ?? []).map((e) => (e.resource?.resourceType === "Bundle" ? matches(e.resource as Bundle) : []));

/** Whether a searchset that answers a batch is not the whole. */
export const hasMore = (batch: Bundle): boolean => (batch.entry ?? []).some((e) => e.resource?.resourceType === "Bundle" && nextOf(e.resource as Bundle) !== "");

/** Entries by their days, the earliest first. */
export function byDay(all: Entry[]): Map<string, Entry[]> {
  const days = new Map<string, Entry[]>();
  for (const e of [...all].sort((a, b) => `${a.day}${a.time}`.localeCompare(`${b.day}${b.time}`))) days.set(e.day, [...(days.get(e.day) ?? []), e]);
  return days;
}
