import type { Figure } from "./ops";

/** A share in whole per cent; "" where there is nothing of which it is one. */
export const shareOf = (count: number, of: number | undefined): string => (of ? `${Math.round((count / of) * 100)}%` : "");

/** Whether a figure tells a time, not a number of cases. */
export const isTime = (f: Figure): boolean => f.minutes !== undefined;

/** The address of the list behind a figure, "" where there is nothing in it. */
export const listOf = (f: Figure): string => (f.query && f.count > 0 ? `/referrals/cases?${f.query}` : "");

/** How full a department is on a day, in whole per cent; undefined where it is not known how many it takes. */
export const fullnessOf = (today: number, capacity: number | undefined): number | undefined => (capacity ? Math.round((today / capacity) * 100) : undefined);
