import { clockOf, dayOf } from "../../words/dates";

/** What of the calendar is shown. */
export type Look = "month" | "week" | "day";

export const looks: readonly Look[] = ["month", "week", "day"];

const dayLong = 86_400_000;
const weekLong = 7;

const dateOf = (day: string) => new Date(`${day}T00:00:00Z`);
const nameOf = (at: Date) => at.toISOString().slice(0, 10);

/** Whether a text is a day that there is, such as 2026-02-28. */
export const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(dateOf(text).valueOf()) && nameOf(dateOf(text)) === text;

/** The day so many days behind another one, or before it. */
export const dayAfter = (day: string, days: number): string => nameOf(new Date(dateOf(day).valueOf() + days * dayLong));

/** The day of the week: 0 for Monday, with which weeks begin (GB/T 7408), to 6 for Sunday. */
export const weekdayOf = (day: string): number => (dateOf(day).getUTCDay() + weekLong - 1) % weekLong;

/** The seven days of the week in which a day is. */
export function weekOf(day: string): string[] {
  const monday = dayAfter(day, -weekdayOf(day));
  return Array.from({ length: weekLong }, (_, i) => dayAfter(monday, i));
}

/** The number of the week in its year: that with the year's first Thursday is the first (GB/T 7408, ISO 8601). */
export function numberOf(day: string): number {
  const thursday = dayAfter(day, 3 - weekdayOf(day));
  const first = `${thursday.slice(0, 4)}-01-01`;
  return Math.floor((dateOf(thursday).valueOf() - dateOf(first).valueOf()) / dayLong / weekLong) + 1;
}

/** The weeks of the month in which a day is, with the days of the months around it. */
export function monthOf(day: string): string[][] {
  const month = day.slice(0, 7);
  const weeks: string[][] = [];
  for (let week = weekOf(`${month}-01`); week.some((d) => d.startsWith(month)); week = weekOf(dayAfter(week[6] ?? day, 1))) weeks.push(week);
  return weeks;
}

/** The first and the last day that are shown. */
export function rangeOf(look: Look, day: string): [string, string] {
  const days = look === "day" ? [day] : look === "week" ? weekOf(day) : monthOf(day).flat();
  return [days[0] ?? day, days.at(-1) ?? day];
}

/** All days between two, both included. */
export function daysOf(from: string, to: string): string[] {
  const all: string[] = [];
  for (let day = from; day <= to; day = dayAfter(day, 1)) all.push(day);
  return all;
}

/** The day on which one is after a step on or back: of a day, a week, or a month, whose last day takes the place of one that it has not. */
export function stepped(look: Look, day: string, by: number): string {
  if (look !== "month") return dayAfter(day, by * (look === "week" ? weekLong : 1));
  const months = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + by;
  const month = `${String(Math.floor(months / 12)).padStart(4, "0")}-${String((months % 12) + 1).padStart(2, "0")}`;
  for (let last = Number(day.slice(8)); ; last--) {
    const at = `${month}-${String(last).padStart(2, "0")}`;
    if (isDay(at)) return at;
  }
}

/** The day and time at which something falls due: what ends with a day is due on it, at 24:00. */
export function dueOf(instant: string): { day: string; time: string } {
  const [day, time] = [dayOf(instant), clockOf(instant)];
  return time === "00:00" ? { day: dayAfter(day, -1), time: "24:00" } : { day, time };
}
