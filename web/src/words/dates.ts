import type { Language } from ".";

const zone = "Asia/Shanghai"; // the region's

const dated = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}.*)?)?)?$/;

/** Whether a text is a date of FHIR, of any precision. */
export const isDate = (text: string): boolean => dated.test(text) && text.length > 4;

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

const inZone = new Intl.DateTimeFormat("sv-SE", { timeZone: zone });

/** The day of a date of FHIR, by the region's clock; less than a day where it is less precise. */
export const dayOf = (text: string): string => (text.length > 10 && !Number.isNaN(Date.parse(text)) ? inZone.format(new Date(text)) : text.slice(0, 10));

/** The full years between a date of birth and now, undefined for one that is not known to the day. */
export function ageOf(born: string | undefined, now: Date): number | undefined {
  if (!born || !/^\d{4}-\d{2}-\d{2}$/.test(born)) return undefined;
  const today = inZone.format(now);
  return Number(today.slice(0, 4)) - Number(born.slice(0, 4)) - (today.slice(5) < born.slice(5) ? 1 : 0);
}
