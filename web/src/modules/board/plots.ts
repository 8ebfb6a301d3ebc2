import type { Language } from "../../words";
import { say } from "../../words";
import { dateOf } from "../../words/dates";
import { callOf } from "../cases/cases";
import { inDays, type OfDay, type OfInstitution, type OfProcess } from "./board";
import { words } from "./words";

interface Series {
  name: string;
  colour: "bad" | "warning" | "brand" | "good";
  values: (number | null)[];
  line?: boolean;
}

/** What a chart draws: series of values under the same names. */
export interface Plot {
  names: string[];
  series: Series[];
  lying?: boolean; // bars lie, one below the other
  stacked?: boolean;
  unit?: string;
}

/** How high a plot is, in pixels. */
export const height = (plot: Plot, large: boolean): number => (plot.lying ? (large ? 130 : 96) + plot.names.length * (plot.stacked ? 40 : 64) : large ? 380 : 300);

/** The open cases of each process: overdue, due today, later. */
export const loads = (all: OfProcess[], language: Language): Plot => ({
  names: all.map((p) => callOf(p, language)),
  lying: true,
  stacked: true,
  series: [
    { name: say(words.late, language), colour: "bad", values: all.map((p) => p.overdue) },
    { name: say(words.today, language), colour: "warning", values: all.map((p) => p.today) },
    { name: say(words.later, language), colour: "brand", values: all.map((p) => p.open - p.overdue - p.today) },
  ],
});

const days = (minutes: number | undefined) => (minutes === undefined ? null : inDays(minutes));

function times(names: string[], all: { median?: number; p90?: number }[], language: Language): Plot {
  return {
    names,
    lying: true,
    unit: say(words.days, language),
    series: [
      { name: say(words.median, language), colour: "brand", values: all.map((p) => days(p.median)) },
      { name: say(words.ninth, language), colour: "warning", values: all.map((p) => days(p.p90)) },
    ],
  };
}

/** How long cases of each process took. */
export const timesOf = (all: OfProcess[], language: Language): Plot => times(all.map((p) => callOf(p, language)), all, language);

/** How long cases of each institution took. */
export const timesAt = (all: OfInstitution[], language: Language): Plot => times(all.map((i) => i.called ?? say(words.unnamed, language)), all, language);

/** What began and ended each day until today, and what falls due from then on. */
export function daily(all: OfDay[], today: string, language: Language): Plot {
  const until = (d: OfDay, n: number) => (d.day <= today ? n : null);
  return {
    names: all.map((d) => dateOf(d.day, language).replace(/^\d+\u5e74| \d+$/g, "")),
    series: [
      { name: say(words.begun, language), colour: "brand", line: true, values: all.map((d) => until(d, d.begun)) },
      { name: say(words.ended, language), colour: "good", line: true, values: all.map((d) => until(d, d.ended)) },
      { name: say(words.due, language), colour: "warning", values: all.map((d) => (d.day >= today ? d.due : null)) },
    ],
  };
}
