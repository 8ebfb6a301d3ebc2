import { dayAfter } from "../calendar/days";

/** How many follow-ups a plan has at most. */
export const followUpsMost = 24;

/** Days in order, each once. */
export const ordered = (days: readonly string[]): string[] => [...new Set(days.filter(Boolean))].sort();

/** The day that is proposed next: as long behind the last one as that is behind the one before, a week from today for the first. */
export function nextDay(days: readonly string[], today: string): string {
  const all = ordered(days).filter((d) => d > today);
  const last = all.at(-1);
  if (!last) return dayAfter(today, 7);
  const before = all.at(-2) ?? today;
  const gap = Math.round((Date.parse(last) - Date.parse(before)) / 86_400_000);
  return dayAfter(last, Math.max(gap, 1));
}

/** Whether all days of follow-up are ahead. */
export const areAhead = (days: readonly string[], today: string): boolean => days.every((d) => !d || d > today);
