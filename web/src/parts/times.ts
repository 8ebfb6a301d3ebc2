import { useMemo } from "react";
import { useWho } from "../app/session";
import { type Language, say } from "../words";
import { dateOf, dayOf } from "../words/dates";
import { times as words } from "./words";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long something takes, in one unit. */
export function lasting(ms: number, language: Language): string {
  if (ms < minute) return say(words.minutes, language, 1);
  if (ms < hour) return say(words.minutes, language, Math.floor(ms / minute));
  if (ms < 2 * day) return ms < day ? say(words.hours, language, Math.floor(ms / hour)) : say(words.day, language);
  return say(words.days, language, Math.floor(ms / day));
}

/** How much time is left until an instant, or how late it is. */
export function leftUntil(at: string, now: number, language: Language): string {
  const ms = Date.parse(at) - now;
  return say(ms > 0 ? words.left : words.late, language, lasting(Math.abs(ms), language));
}

/** How long ago an instant was. */
export function agoOf(at: string, now: number, language: Language): string {
  const ms = now - Date.parse(at);
  return ms < minute ? say(words.now, language) : say(words.ago, language, lasting(ms, language));
}

/** Says times in the person's language. */
export function useTimes() {
  const { language } = useWho();
  return useMemo(
    () => ({
      day: (at: string) => dateOf(dayOf(at), language),
      time: (at: string) => dateOf(at, language),
      left: (at: string) => leftUntil(at, Date.now(), language),
      ago: (at: string) => agoOf(at, Date.now(), language),
      lasting: (from: string, until: string | undefined) => lasting((until ? Date.parse(until) : Date.now()) - Date.parse(from), language),
    }),
    [language],
  );
}
