import { useQuery } from "@tanstack/react-query";
import { operate, type Output } from "../../api/parameters";
import { useActing } from "../../app/session";
import { type Language, say } from "../../words";
import { words } from "./words";

/** What Task/$board counts, of the cases that one sees; how long something took is in minutes. */
export type Board = Output<"Task/$board">;
export type OfProcess = Board["process"][number];
export type OfState = Board["state"][number]; // query: by which a search for Tasks finds its cases
export type OfInstitution = Board["institution"][number];
export type OfDay = Board["day"][number];

/** The board, of one process or, for "", of all. */
export function useBoard(process = "") {
  const { source } = useActing();
  return useQuery({
    queryKey: ["cases", "board", source, process],
    queryFn: async ({ signal }) => (await operate("Task/$board", { process: process || undefined }, { signal })).data,
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
}

/** Who has opened records in emergencies. */
export type Uses = Output<"$emergency-uses">;

/** A practitioner who has, and how. */
export type Conduct = Uses["practitioner"][number];

/** Who has used emergency access how. */
export function useUses(enabled: boolean) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["emergency", "uses", source],
    queryFn: async ({ signal }) => (await operate("$emergency-uses", {}, { signal })).data,
    enabled,
    staleTime: 60_000,
  });
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
