import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Bundle, everyMatch, fhir, type Reference, type Resource } from "../../api/fhir";
import { type Input, operate } from "../../api/parameters";
import { useActing } from "../../app/session";
import { nameOf } from "../../resource/summary";
import { type Language, say } from "../../words";
import { listed } from "../../words/list";
import { asked, type Named } from "../booking/booking";
import { weekdays, words } from "./words";

/** What $open-clinic takes. */
export type Pattern = Input<"Schedule/$open-clinic">;

/** A part of a day at which a clinic takes place. */
export type Session = Pattern["session"][number];

/** A day of the week. */
export type Weekday = Session["day"][number];

/** The days of the week, from Monday on. */
export const week = Object.keys(weekdays) as Weekday[];

/** Some days on which a clinic does not take place. */
export interface Stop {
  from: string;
  to: string;
  reason: string;
}

/** A clinic as it takes place. */
export interface Clinic extends Omit<Pattern, "department" | "doctor" | "session"> {
  reference: Named;
  department: Named;
  doctor?: Named;
  session: Session[];
  stop: Stop[];
}

const lists = ["clinic", "clinic.session", "clinic.session.day", "clinic.stop"];

/** The clinics of one's institution, or one of them. */
export function useClinics(id = "", on = true) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["booking", "clinics", source, id],
    enabled: on,
    queryFn: async ({ signal }) => (await asked<{ clinic: Clinic[] }>("Schedule/$clinics", id ? { clinic: `Schedule/${id}` } : {}, lists, signal)).clinic,
  });
}

/** The segments of a clinic on a day, with how many places are taken. */
export function useUse(clinic: Clinic | undefined, day: string) {
  const { source } = useActing();
  const department = clinic?.department.reference ?? "";
  const doctor = clinic?.doctor?.reference ?? "";
  return useQuery({
    queryKey: ["booking", "use", source, department, doctor, day],
    enabled: department !== "" && day !== "",
    queryFn: async ({ signal }) => {
      const { segment } = (await operate("Slot/$find", { ...(doctor ? { doctor } : { department }), from: day, to: day }, { signal })).data;
      return segment.filter((s) => s.department.reference === department && (s.doctor?.reference ?? "") === doctor);
    },
  });
}

/** Opens a clinic, or changes how one takes place. */
export function useOpen(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (given: Pattern) =>
      id ? (await operate("Schedule/[id]/$open-clinic", given, { id })).data : (await operate("Schedule/$open-clinic", given, {})).data,
    onSuccess: () => client.invalidateQueries({ queryKey: ["booking"] }),
  });
}

/** Changes a day of a clinic. */
export function useMoveDay(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (given: Input<"Schedule/[id]/$move-clinic">) => (await operate("Schedule/[id]/$move-clinic", given, { id })).data,
    onSettled: () => client.invalidateQueries({ queryKey: ["booking"] }),
  });
}

/** Stops a clinic for some days, or takes that back. */
export function useStop(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (given: Input<"Schedule/[id]/$stop-clinic">) => (await operate("Schedule/[id]/$stop-clinic", given, { id })).data,
    onSettled: () => client.invalidateQueries({ queryKey: ["booking"] }),
  });
}

/** A doctor who works at an institution. */
export interface Doctor {
  reference: string;
  name: string;
  departments: string[];
}

/** The doctors of an institution, from their posts. */
export function useDoctors(institution: string) {
  return useQuery({
    queryKey: ["booking", "doctors", institution],
    enabled: institution !== "",
    queryFn: async ({ signal }): Promise<Doctor[]> => {
      const { data } = await fhir<Bundle>(`PractitionerRole?organization=${institution}&role=doctor&active=true&_count=500&_include=PractitionerRole:practitioner`, { signal });
      const all = (data.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : []));
      const people = new Map(all.filter((r) => r.resourceType === "Practitioner").map((r) => [`Practitioner/${r.id}`, r]));
      return all.filter((r) => r.resourceType === "PractitionerRole").map((r) => doctorOf(r, people)).sort((a, b) => a.name.localeCompare(b.name, "zh-CN"));
    },
  });
}

function doctorOf(post: Resource, people: ReadonlyMap<string, Resource>): Doctor {
  const of = post["practitioner"] as Reference | undefined;
  const name = nameOf(people.get(of?.reference ?? "")?.["name"] as { text?: string }[] | undefined) || of?.display;
  return { reference: `PractitionerRole/${post.id}`, name: name ?? post.id ?? "", departments: ((post["healthcareService"] ?? []) as Reference[]).map((d) => d.reference ?? "") };
}

/** The departments of an institution. */
export function useDepartments(institution: string) {
  return useQuery({
    queryKey: ["booking", "departments", institution],
    enabled: institution !== "",
    queryFn: ({ signal }) => everyMatch(`HealthcareService?organization=${institution}&active=true&_count=200`, signal),
  });
}

/** Days of the week in the shortest words: every day, from one to another, or one by one. */
export function daysOf(days: readonly Weekday[], language: Language): string {
  const all = week.filter((w) => days.includes(w));
  const [first, last] = [all[0], all.at(-1)];
  if (all.length === week.length) return say(words.everyDay, language);
  const inRow = first && last && week.indexOf(last) - week.indexOf(first) === all.length - 1;
  if (inRow && all.length > 2) return say(words.span, language, say(weekdays[first], language), say(weekdays[last], language));
  return listed(all.map((w) => say(weekdays[w], language)), language);
}

/** When a clinic takes place, in words. */
export const sessionOf = (s: Session, language: Language): string => say(words.session, language, daysOf(s.day, language), s.from, s.to, s.capacity, s.onsite);

/** Whether a session may keep so many places for a channel: of those that are not for the window at least one is left to all. */
const keeps = (s: Session, n = 0): boolean => n === 0 || (Number.isInteger(n) && n > 0 && (s.phone ?? 0) + (s.app ?? 0) < s.capacity - s.onsite);

/** A session that keeps no places for a channel. */
export const keepingNone = ({ phone: _, app: __, ...rest }: Session): Session => rest;

/** What of a pattern is missing or cannot be, by its fields. */
export function wrongIn(p: Pattern): string[] {
  const between = (n: number, least: number, most: number) => Number.isInteger(n) && n >= least && n <= most;
  const clock = (text: string) => /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text);
  return [
    !p.department && "department", !p.from && "from", Boolean(p.to && p.to < p.from) && "to", !between(p.segment, 5, 120) && "segment",
    !between(p.ahead, 0, 90) && "ahead", !clock(p.opens) && "opens", p.price !== undefined && !(p.price >= 0) && "price",
    Boolean(p.draw) && !between(p.enter ?? 0, 1, 168) && "enter",
    ...p.session.flatMap((s, i) => [
      s.day.length === 0 && `day-${i}`, !clock(s.from) && `from-${i}`, (!clock(s.to) || s.to <= s.from) && `to-${i}`, !between(s.capacity, 1, 200) && `capacity-${i}`,
      !between(s.onsite, 0, s.capacity) && `onsite-${i}`, !keeps(s, s.phone) && `phone-${i}`, !keeps(s, s.app) && `app-${i}`,
      s.extra !== undefined && !between(s.extra, 0, 50) && `extra-${i}`,
    ]),
  ].filter((w) => w !== false);
}
