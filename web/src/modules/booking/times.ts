import { useMemo } from "react";
import { useWho } from "../../app/session";
import { type Language, say } from "../../words";
import { clockOf, dateOf, dayAt, dayOf } from "../../words/dates";
import { dayAfter, weekdayOf } from "../calendar/days";
import { weekdays, words } from "./words";

/** The day of the week, and whether it is today or tomorrow. */
export function weekdayIn(day: string, today: string, language: Language): string {
  if (day === today) return say(words.today, language);
  if (day === dayAfter(today, 1)) return say(words.tomorrow, language);
  return say(weekdays[weekdayOf(day)] ?? words.today, language);
}

/** Month and day in short, such as 11-26. */
export const shortDay = (day: string): string => `${Number(day.slice(5, 7))}/${Number(day.slice(8, 10))}`;

/** From when to when on its day, such as 08:00–08:30. */
export const spanOf = (of: { start: string; end: string }): string => `${clockOf(of.start)}–${clockOf(of.end)}`;

/** The last day on which one may still do something, and the time; midnight is the end of the day before. */
export function lastMoment(at: string, language: Language): string {
  const clock = clockOf(at);
  if (clock !== "00:00") return `${dateOf(dayOf(at), language)} ${clock}`;
  return `${dateOf(dayAfter(dayOf(at), -1), language)} 24:00`;
}

/** Says when a visit is. */
export function useWhen() {
  const { language } = useWho();
  return useMemo(() => {
    const today = dayAt(new Date());
    return {
      day: (of: { start: string }) => say(words.dayWith, language, dateOf(dayOf(of.start), language), weekdayIn(dayOf(of.start), today, language)),
      brief: (day: string) => say(words.dayWith, language, say(words.monthDay, language, Number(day.slice(5, 7)), Number(day.slice(8, 10))), weekdayIn(day, today, language)),
      weekday: (day: string) => weekdayIn(day, today, language),
      until: (at: string) => lastMoment(at, language),
      price: (price: number | undefined) => (price === undefined ? "" : say(words.yuan, language, price.toFixed(2).replace(/\.00$/, ""))),
    };
  }, [language]);
}

/** Minutes and seconds until an instant, such as 14:05, with hours where there are any; 0:00 when it is over. */
export function countdown(until: string, now: number): string {
  const left = Math.max(0, Math.ceil((Date.parse(until) - now) / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(left / 3600), Math.floor(left / 60)];
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${two(left % 60)}` : `${minutes}:${two(left % 60)}`;
}
