import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Operations } from "../../api/declared";
import { type Bundle, fhir, matches, nextOf, type Reference, type Resource } from "../../api/fhir";
import type { Answer } from "../../api/http";
import { type Input, operate, type Output, type Parameters } from "../../api/parameters";
import { useActing } from "../../app/session";
import { dayOf } from "../../words/dates";
import { dayAfter } from "../calendar/days";
import { type Named, readNamed } from "./read";
import type { Wish } from "./wishes";

export type { Named };

type Listed = Operations["Appointment/$visits"]["out"]["visit"][number];

/** How a visit stands. */
export type State = Listed["status"];

/** By which channel a visit was booked. */
export type Channel = Listed["channel"];

/** Why a visit was called off. */
export type Why = NonNullable<Listed["why"]>;

/** A visit as it stands. */
export interface Visit {
  appointment: Named;
  slot: Named;
  status: State;
  start: string;
  end: string;
  patient: Named;
  department: Named;
  doctor?: Named;
  institution: Named;
  channel: Channel;
  price?: number;
  held?: string; // until when
  deadline: string; // until when one changes or cancels it by oneself
  waited?: boolean; // it came from the waitlist
  referral?: Named; // the case that has booked it
  referrer?: Named; // the institution that refers
  why?: Why;
  other?: { slot: Named; start: string; end: string; department: Named; doctor?: Named; institution: Named }[]; // open now, of one that was stopped
}

/** A part of a day of a clinic. */
export type Segment = Output<"Slot/$find">["segment"][number];

/** What there is of a department on a day. */
export interface Day {
  date: string;
  free: number;
  total: number;
  stopped: boolean;
  opens?: string; // where nothing is open yet
  draws?: boolean; // some of it is to be drawn
}

/** The days of a department. */
export interface Days {
  department: Named;
  institution: Named;
  day: Day[];
}

/** How a day or a part of one can be booked. */
export type Standing = "free" | "full" | "draw" | "closed" | "stopped" | "none";

/** How what there is can be booked; none where there is no clinic. */
export function standingOf(of: Pick<Day, "free" | "stopped" | "opens" | "draws"> | undefined): Standing {
  if (!of) return "none";
  return of.stopped ? "stopped" : of.free > 0 ? "free" : of.draws ? "draw" : of.opens ? "closed" : "full";
}

/** How many days one chooses among at least. */
export const daysShown = 8;

const daysAsked = "14";

const daysFrom = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

/** The days from one on, each with what there is on it. */
export const stripOf = (from: string, days: readonly Day[]): { date: string; day: Day | undefined }[] =>
  Array.from({ length: Math.max(daysShown, ...days.map((d) => daysFrom(from, d.date) + 1)) }, (_, i) => dayAfter(from, i)).map((date) => ({ date, day: days.find((d) => d.date === date) }));

/** The day that is shown first: the one that is wished, if it has a clinic; or the first with something free, or else with a clinic. */
export const firstDay = (days: readonly Day[], today: string, wished = ""): string =>
  (days.find((d) => d.date === wished) ?? days.find((d) => standingOf(d) === "free") ?? days[0])?.date ?? today;

/** A department that can be booked, with its doctors. */
export interface Department {
  reference: string;
  name: string;
  doctors: string[];
}

/** A hospital with what can be booked there. */
export interface Hospital {
  reference: string;
  name: string;
  departments: Department[];
}

/** The hospitals of clinics that take place, those first where one has been; their departments by name. */
export function hospitalsOf(found: readonly Resource[], named: ReadonlyMap<string, Resource>, been: readonly string[] = []): Hospital[] {
  const all = new Map<string, Hospital>();
  for (const clinic of found) {
    const actors = (clinic["actor"] ?? []) as Reference[];
    const department = actors.find((a) => a.reference?.startsWith("HealthcareService/"));
    const doctor = actors.find((a) => a.reference?.startsWith("PractitionerRole/"))?.display;
    const at = named.get(department?.reference ?? "")?.["providedBy"] as Reference | undefined;
    if (!department?.reference || !at?.reference) continue;
    const hospital = all.get(at.reference) ?? { reference: at.reference, name: String(named.get(at.reference)?.["name"] ?? at.display ?? ""), departments: [] };
    let one = hospital.departments.find((d) => d.reference === department.reference);
    if (!one) hospital.departments.push((one = { reference: department.reference, name: department.display ?? "", doctors: [] }));
    if (doctor) one.doctors.push(doctor);
    all.set(at.reference, hospital);
  }
  const last = (h: Hospital) => (been.includes(h.reference) ? been.indexOf(h.reference) : been.length);
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name, "zh-CN");
  for (const h of all.values()) h.departments.sort(byName);
  return [...all.values()].sort((a, b) => last(a) - last(b) || byName(a, b));
}

/** The hospitals of which a name, a department or a doctor has what was typed, with what of them fits. */
export function fitting(all: readonly Hospital[], typed: string): Hospital[] {
  const part = typed.trim().toLowerCase();
  const fits = (...texts: string[]) => texts.some((text) => text.toLowerCase().includes(part));
  return all.map((h) => (fits(h.name) ? h : { ...h, departments: h.departments.filter((d) => fits(d.name, ...d.doctors)) })).filter((h) => h.departments.length > 0);
}

const clinics = "Schedule?_tag=urn:yitong:scheduling|clinic&active=true&_count=500&_include=Schedule:actor&_include:iterate=HealthcareService:organization";

/** The clinics that take place, with their departments and hospitals. */
export function useOffered() {
  return useQuery({
    queryKey: ["booking", "offered"],
    queryFn: async ({ signal }) => {
      const found: Resource[] = [];
      const named = new Map<string, Resource>();
      for (let next = clinics; next; ) {
        const page: Bundle = (await fhir<Bundle>(next, { signal })).data;
        found.push(...matches(page));
        for (const { resource: r } of page.entry ?? []) if (r) named.set(`${r.resourceType}/${r.id}`, r);
        next = nextOf(page);
      }
      return { found, named };
    },
    staleTime: 60_000,
  });
}

/** Calls an operation that only reads, and reads its answer with names. */
export async function asked<T>(path: string, given: Record<string, string>, lists: readonly string[], signal: AbortSignal): Promise<T> {
  const query = new URLSearchParams(Object.entries(given).filter(([, value]) => value)).toString();
  return readNamed<T>((await fhir<Parameters>(query ? `${path}?${query}` : path, { signal })).data, lists);
}

/** The days of a department. */
export function useDays(department: string, on = true) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["booking", "days", source, department],
    enabled: on && department !== "",
    queryFn: ({ signal }) => asked<Days>("Slot/$days", { department, days: daysAsked }, ["day"], signal),
  });
}

/** The segments of a department, or of one of its doctors, on a day. */
export function useSegments(department: string, doctor: string, day: string) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["booking", "segments", source, department, doctor, day],
    enabled: day !== "" && department !== "",
    queryFn: async ({ signal }) => {
      const all: Segment[] = [];
      for (let page: string | undefined = ""; page !== undefined; ) {
        const given: Input<"Slot/$find"> = { ...(doctor ? { doctor } : { department }), from: day, to: day, page: page || undefined };
        const { data }: Answer<Output<"Slot/$find">> = await operate("Slot/$find", given, { signal });
        all.push(...data.segment);
        page = data.next;
      }
      return all.filter((s) => s.department.reference === department);
    },
  });
}

/** The visits of the person of the session, the latest first. */
export function useVisits() {
  const { source } = useActing();
  return useQuery({
    queryKey: ["booking", "visits", source],
    queryFn: ({ signal }) => asked<{ visit: Visit[]; wish: Wish[]; whole: boolean }>("Appointment/$visits", {}, ["visit", "wish"], signal),
  });
}

/** One visit. */
export function useVisit(id: string) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["booking", "visit", source, id],
    queryFn: async ({ signal }) => (await asked<{ visit: Visit[] }>("Appointment/$visits", { visit: `Appointment/${id}` }, ["visit", "visit.other"], signal)).visit[0],
  });
}

/** Whether a visit is still to be, and has its place. */
export const isAhead = (v: Visit, now: number): boolean =>
  (v.status === "booked" && Date.parse(v.end) > now) || (v.status === "pending" && Date.parse(v.held ?? v.end) > now);

/** The visits that are to be, the next one first. */
export const aheadOf = (all: readonly Visit[], now: number): Visit[] => all.filter((v) => isAhead(v, now)).toSorted((a, b) => a.start.localeCompare(b.start));

/** Whether a visit is of a day and its person has come for it: it is neither ahead nor over. */
export const isNow = (v: Visit, today: string): boolean => v.status === "arrived" && dayOf(v.start) === today;

/** Where a department is, as its own record says it. */
export function useWhere(department: string | undefined) {
  return useQuery({
    queryKey: ["booking", "where", department],
    enabled: Boolean(department),
    queryFn: async ({ signal }) => {
      const id = department?.split("/")[1] ?? "";
      const { data } = await fhir<Bundle>(`HealthcareService?_id=${id}&_include=HealthcareService:organization&_include=HealthcareService:location`, { signal });
      return new Map((data.entry ?? []).flatMap(({ resource: r }) => (r ? [[`${r.resourceType}/${r.id}`, r] as const] : [])));
    },
    staleTime: 300_000,
  });
}

/** What one can do about a place: hold one, take it at once, move a visit to it. */
export function useTake() {
  const client = useQueryClient();
  const done = () => client.invalidateQueries({ queryKey: ["booking"] });
  return useMutation({
    mutationFn: async ({ slot, change, patient, number, atOnce, reason }: { slot: string; change?: string | undefined; patient?: string; number?: string; atOnce?: boolean; reason?: string }) => {
      const id = slot.split("/")[1] ?? "";
      const given = { ...(patient && { patient }), ...(number && { number }), ...(reason && { reason }) };
      if (change) return (await operate("Appointment/[id]/$change", { slot }, { id: change })).data;
      if (atOnce) return (await operate("Slot/[id]/$book", given, { id })).data;
      return (await operate("Slot/[id]/$hold", given, { id })).data;
    },
    onSettled: done, // also where somebody else was quicker
  });
}

/** What is done about a visit: it is booked after it was held, cancelled, checked in. */
export function useMove() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, move }: { id: string; move: "book" | "cancel" | "arrive" }) => (await operate(`Appointment/[id]/$${move}`, {}, { id })).data,
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ["booking"] }), client.invalidateQueries({ queryKey: ["queue"] })]),
  });
}
