import type { Resource } from "../api/fhir";
import { type Language, say } from "../words";
import { dateOf } from "../words/dates";
import { codeOf } from "./codes";
import { elementOf } from "./elements";
import { rangeOf, type Result } from "./results";
import { gistOf, whenOf } from "./summary";
import { words } from "./words";

/** One fact of a resource, as people read it. */
export interface Fact {
  label: string;
  value: string;
}

/** The key facts of a resource, for where there is no room for more. */
export function factsOf(r: Resource, language: Language): Fact[] {
  const element = (name: string, value: string) => ({ label: elementOf(`${r.resourceType}.${name}`, language), value });
  const all =
    r.resourceType === "Patient"
      ? [
          element("gender", codeOf(String(r["gender"] ?? ""), language)),
          element("birthDate", dateOf(String(r["birthDate"] ?? ""), language)),
          element("identifier", (r["identifier"] as { value?: string }[] | undefined)?.[0]?.value ?? ""),
        ]
      : [
          { label: say(words.value, language), value: gistOf(r, language) },
          { label: say(words.range, language), value: rangeOf((r as Result).referenceRange?.[0]) },
          { label: say(words.date, language), value: dateOf(whenOf(r), language) },
        ];
  return all.filter((f) => f.value);
}
