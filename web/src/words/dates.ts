import { type Language, say } from ".";
import { words } from "./words";

let zone = "Asia/Shanghai"; // the region's, until the server has told it
let clock: Intl.DateTimeFormat | undefined; // made when it is first asked: that takes a while, and the first page has no use for it

/** Tells times by the clock of a region from now on, such as Asia/Urumqi; by that of before where the browser does not know it. */
export function regionIn(name: string | undefined): void {
  if (!name || name === zone) return;
  try {
    clock = clockIn(name);
    zone = name;
  } catch {
    // A zone that browsers do not have, such as the server's own one: the region's usual clock still stands.
  }
}

const clockIn = (name: string): Intl.DateTimeFormat => new Intl.DateTimeFormat("sv-SE", { timeZone: name, dateStyle: "short", timeStyle: "medium" });

/** What the region's clock shows at an instant: 2026-05-06 08:30:00. */
const shown = (at: Date | number): string => (clock ??= clockIn(zone)).format(at);

const dated = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}.*)?)?)?$/;

/** Whether a text is a date of FHIR, of any precision. */
export const isDate = (text: string): boolean => dated.test(text) && text.length > 4;

/** Whether a text is a date of FHIR with a time. */
const isInstant = (text: string): boolean => text.length > 10 && !Number.isNaN(Date.parse(text));

/** A date of FHIR in the region's way and as precise as it is; an instant is told by the region's clock. */
export function dateOf(text: string, language: Language): string {
  if (!dated.test(text)) return text;
  const locale = language === "en" ? "en-GB" : "zh-CN";
  if (text.length > 10) {
    const at = new Date(text);
    if (Number.isNaN(at.valueOf())) return text;
    const day: Intl.DateTimeFormatOptions = { timeZone: zone, year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    return new Intl.DateTimeFormat(locale, day).format(at);
  }
  const [year = 0, month, day] = text.split("-").map(Number);
  const at = new Date(Date.UTC(year, (month ?? 1) - 1, day ?? 1));
  return new Intl.DateTimeFormat(locale, { timeZone: "UTC", year: "numeric", ...(month && { month: "long" as const }), ...(day && { day: "numeric" as const }) }).format(at);
}

/** Two days and what is between them, in the shortest words, such as 2026年5月6日至8日. */
export function datesOf(from: string, to: string, language: Language): string {
  const same = from.slice(0, 7) === to.slice(0, 7) ? 2 : from.slice(0, 4) === to.slice(0, 4) ? 1 : 0; // year and month that are said once
  const [first, last] = [dateOf(from, language), dateOf(to, language)];
  const [brief, whole] = language === "en" ? [first.split(" ").slice(0, 3 - same).join(" "), last] : [first, last.split(/(?<=[\u5e74\u6708])/).slice(same).join("")];
  return say(words.range, language, brief, whole); // \u5e74 and \u6708 end a year and a month
}

/** The day of an instant by the region's clock, such as 2026-05-06. */
export const dayAt = (at: Date): string => shown(at).slice(0, 10);

/** The day of a date of FHIR, by the region's clock; less than a day where it is less precise. */
export const dayOf = (text: string): string => (isInstant(text) ? dayAt(new Date(text)) : text.slice(0, 10));

/** The time of an instant by the region's clock, such as 08:30; "" for a day. */
export const clockOf = (text: string): string => (isInstant(text) ? shown(Date.parse(text)).slice(11, 16) : "");

/** An instant to the second by the region's clock, short and the same in each language: 2026-05-06 08:30:00. */
export const stampOf = (text: string): string => (isInstant(text) ? shown(Date.parse(text)) : text);

/** How far the region's clock is ahead of UTC at an instant, in ms. */
const aheadAt = (at: number): number => Date.parse(`${shown(at).replace(" ", "T")}Z`) - at;

/** The first instant of a day by the region's clock. */
export function startOf(day: string): Date {
  const wanted = Date.parse(`${day}T00:00:00Z`);
  return new Date(wanted - aheadAt(wanted - aheadAt(wanted)));
}

/** The instant of a time on the region's clock, such as 2026-05-06T08:30 or 2026-05-06T23:59:59, with how far that is ahead of UTC. */
export function instantOf(local: string): string {
  const time = local.length > 16 ? local : `${local}:00`;
  const wanted = Date.parse(`${time}Z`);
  const minutes = aheadAt(wanted - aheadAt(wanted)) / 60_000;
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  return `${time}${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

/** The full years between a date of birth and now, undefined for one that is not known to the day. */
export function ageOf(born: string | undefined, now: Date): number | undefined {
  if (!born || !/^\d{4}-\d{2}-\d{2}$/.test(born)) return undefined;
  const today = dayAt(now);
  return Number(today.slice(0, 4)) - Number(born.slice(0, 4)) - (today.slice(5) < born.slice(5) ? 1 : 0);
}
