import { type Language, say } from "../../words";
import { clockOf } from "../../words/dates";
import { words } from "./words";

const step = 5; // minutes to which waits are told: nobody waits by the minute
const long = 90; // minutes from which they are told by half hours

/** Minutes in words, a long time in hours. */
const spanOf = (minutes: number, language: Language): string =>
  minutes < long ? say(words.minutes, language, minutes) : say(words.hours, language, Math.ceil(minutes / 30) / 2);

/** How long a wait may be, in words: between which minutes, told no finer than it is known. */
export function waitOf(low: number, high: number, language: Language): string {
  const from = Math.floor(low / step) * step;
  const to = Math.max(Math.ceil(high / step) * step, step);
  if (to <= step) return say(words.waitShort, language, step);
  if (from === 0) return say(words.waitUpTo, language, spanOf(to, language));
  if (from === to) return say(words.waitAbout, language, spanOf(to, language));
  return to < long ? say(words.waitBetween, language, from, to) : say(words.waitLong, language, spanOf(from, language), spanOf(to, language));
}

/** Between which times of the day a wait that is counted from now may end, told no finer than it is known. */
export function timesOf(low: number, high: number, now: number): readonly [string, string] {
  const at = (minutes: number, round: (n: number) => number) => clockOf(new Date(round((now / 60_000 + minutes) / step) * step * 60_000).toISOString());
  return [at(low, Math.floor), at(high, Math.ceil)];
}

/** Minutes since an instant, never less than none. */
export const minutesSince = (at: string, now: number): number => Math.max(0, Math.floor((now - Date.parse(at)) / 60_000));

/** A name as strangers may read it: its first letter, and a star for each other one. */
export const maskedName = (name: string): string => [...name].map((letter, i) => (i === 0 || letter === " " ? letter : "*")).join("");
