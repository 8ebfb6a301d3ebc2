import { useQuery } from "@tanstack/react-query";
import { fhir } from "../../api/fhir";
import { type Parameters, read } from "../../api/parameters";
import { useActing } from "../../app/session";
import { type Language, say } from "../../words";
import { words } from "./words";

/** How much there is to do of something, and how long what is done took (in minutes). */
export interface Load {
  open: number;
  overdue: number;
  ended: number;
  median?: number;
  p90?: number;
}

export interface OfProcess extends Load {
  process: string;
  zh: string;
  en: string;
  today: number;
}

export interface OfState extends Load {
  process: string;
  state: string;
  zh: string;
  en: string;
  query: string; // by which a search for Tasks finds its cases
}

export interface OfInstitution extends Load {
  institution: string;
  called?: string;
}

export interface OfDay {
  day: string;
  begun: number;
  ended: number;
  due: number;
}

/** What Task/$board counts, of the cases that one sees. */
export interface Board {
  at: string;
  since: string;
  whole: boolean;
  process: OfProcess[];
  state: OfState[];
  institution: OfInstitution[];
  day: OfDay[];
}

const many = ["process", "state", "institution", "day"];

/** The board, of one process or, for "", of all. */
export function useBoard(process = "") {
  const { source } = useActing();
  return useQuery({
    queryKey: ["cases", "board", source, process],
    queryFn: async ({ signal }) => read<Board>((await fhir<Parameters>(`Task/$board${process && `?process=${encodeURIComponent(process)}`}`, { signal })).data, many),
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
}

/** A practitioner who has opened records in emergencies. */
export interface Conduct {
  reference: string;
  name: string;
  pattern: string[];
  uses: number;
  open: number;
  overdue: number;
  unjustified: number;
  unvisited: number;
  repeated: number;
  night: number;
}

export interface Uses {
  since: string;
  until: string;
  whole: boolean;
  practitioner: Conduct[];
}

/** Reads $emergency-uses, with what practitioners are called. */
export function usesOf(from: Parameters): Uses {
  const names = (from.parameter ?? []).filter((p) => p.name === "practitioner").map((p) => (p.part?.find((x) => x.name === "reference")?.["valueReference"] as { display?: string } | undefined)?.display);
  const uses = read<Uses>(from, ["practitioner"]);
  return { ...uses, practitioner: uses.practitioner.map((p, i) => ({ ...p, name: names[i] ?? "", pattern: ([] as string[]).concat(p.pattern ?? []) })) };
}

/** Who has used emergency access how. */
export function useUses(enabled: boolean) {
  const { source } = useActing();
  return useQuery({ queryKey: ["emergency", "uses", source], queryFn: async ({ signal }) => usesOf((await fhir<Parameters>("$emergency-uses", { signal })).data), enabled, staleTime: 60_000 });
}

const minutesOfHour = 60;
const minutesOfDay = 24 * minutesOfHour;

/** Minutes as days, to a tenth. */
export const inDays = (minutes: number): number => Math.round((minutes / minutesOfDay) * 10) / 10;

/** How long something took, in one unit and to a tenth of it; "" for nothing. */
export function spent(minutes: number | undefined, language: Language): string {
  if (minutes === undefined) return "";
  if (minutes < minutesOfHour) return say(words.minutes, language, minutes);
  if (minutes < 2 * minutesOfDay) return say(words.hours, language, Math.round((minutes / minutesOfHour) * 10) / 10);
  return say(words.inDays, language, inDays(minutes));
}

/** The sum of something. */
export const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((n, one) => n + of(one), 0);

/** States in which the two sides disagree and it is for the regulator to settle. */
const disputes = ["access-question:disputed", "correction:appealed"];

/** The name of a state in an address. */
export const nameOf = (s: Pick<OfState, "process" | "state">): string => `${s.process}:${s.state}`;

/** The states of open cases that are disputes. */
export const disputesOf = (board: Board): OfState[] => board.state.filter((s) => disputes.includes(nameOf(s)) && s.open > 0);

/** How many cases are open in a state. */
export const openIn = (board: Board, name: string): OfState | undefined => board.state.find((s) => nameOf(s) === name);

/** The days around today, so many back (today included) and ahead; those on which there is nothing are there too. */
export function around(board: Pick<Board, "day">, today: string, back: number, ahead: number): OfDay[] {
  const known = new Map(board.day.map((d) => [d.day, d]));
  const first = Date.parse(`${today}T00:00:00Z`) - (back - 1) * minutesOfDay * 60_000;
  return Array.from({ length: back + ahead }, (_, i) => {
    const day = new Date(first + i * minutesOfDay * 60_000).toISOString().slice(0, 10);
    return known.get(day) ?? { day, begun: 0, ended: 0, due: 0 };
  });
}
