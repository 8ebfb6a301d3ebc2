import type { Resource } from "../../api/fhir";
import { titleOf } from "../../resource/summary";
import type { Language } from "../../words";
import { inWords, type Place } from "./cases";

/** A case as it stands in a table. */
export interface Row {
  place: Place;
  process: string;
  state: string;
  resident: string;
}

/** Makes rows of cases: named in a language, those that have what was typed, sorted; the earliest deadline first if nothing else is wanted. */
export function rowsOf(places: Place[], residents: Record<string, Resource>, filter: string, sort: string, language: Language): Row[] {
  const typed = filter.trim().toLowerCase();
  const rows = places
    .map((place) => {
      const resident = residents[place.resident ?? ""];
      return { place, process: inWords(place, "process", language), state: inWords(place, "state", language), resident: resident ? titleOf(resident, language) : "" };
    })
    .filter((row) => !typed || [row.process, row.state, row.resident].some((text) => text.toLowerCase().includes(typed)));
  const by = sort.replace(/^-/, "");
  const value = (row: Row): string => {
    switch (by) {
      case "process":
      case "state":
      case "resident":
        return row[by];
      case "since":
        return row.place.since ?? "";
      default:
        return row.place.deadline ?? "9999";
    }
  };
  const sign = sort.startsWith("-") ? -1 : 1;
  return rows.sort((a, b) => sign * value(a).localeCompare(value(b), language));
}
