import type { Output } from "../../api/parameters";
import { listed } from "../../words/list";
import { type Language, say, type Text } from "../../words";
import { weekdayOf } from "./days";
import { holidays } from "./words";

/** What is known of days: those that a notice makes days off or working days, and the years of which no notice is known. */
export type Workdays = Output<"$workdays">;

/** What kind of day a day is. */
export interface Kind {
  workday: boolean;
  named: boolean; // a notice says so
  name: string; // of the holiday that is, or for which people work
  source: string;
}

const withName = 3; // words of a source that ends with a name: document, article, name

/** The name of a holiday, which stands at the end of its source; "" where none does. */
export function holidayOf(source: string, language: Language): string {
  const parts = source.trim().split(/\s+/);
  const last = parts.at(-1) ?? "";
  const known: Record<string, Text> = holidays;
  const names = last.split("\u3001").flatMap((name) => (known[name] ? [say(known[name], language)] : []));
  return listed(names, language) || (parts.length < withName ? "" : last);
}

/** What kind of day each day is: as its notice says, else by its weekday. */
export function kindsOf(workdays: Workdays | undefined, language: Language): (day: string) => Kind {
  const named = new Map((workdays?.day ?? []).map((d) => [d.day, d]));
  return (day) => {
    const said = named.get(day);
    if (said) return { workday: said.workday, named: true, name: holidayOf(said.source, language), source: said.source };
    return { workday: weekdayOf(day) < 5, named: false, name: "", source: "" };
  };
}
