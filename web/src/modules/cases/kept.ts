import type { Reference } from "../../api/fhir";
import type { Language } from "../../words";
import { callOf, type Case, type Party, type Step, type Task } from "./cases";

/** Something that a case keeps, as people read it. */
export interface Line {
  key: string;
  label: string;
  text: string;
  link: string; // to the record, "" for none
}

/** What the reference of a version leads to in the app. */
const linkOf = (reference: string): string => `/record/${reference.replace("/_history/", "/")}`;

/** The inputs and outputs of a case with their labels, in the person's language. What says the same in the other language is left out. */
export function linesOf(task: Task, found: Pick<Case, "kept" | "party">, language: Language, called: (reference: string) => string): Line[] {
  const other = language === "en" ? "-zh" : "-en";
  return [...(task.input ?? []), ...(task.output ?? [])].flatMap((one, i) => {
    const name = one.type?.text ?? "";
    if (name.endsWith(other)) return [];
    const known = found.kept.find((k) => k.name === name);
    const reference = (one["valueReference"] as Reference | undefined)?.reference;
    const value = Object.entries(one).find(([key, v]) => key.startsWith("value") && typeof v === "string")?.[1] as string | undefined;
    const code = known?.code.find((c) => c.code === value);
    const text = reference ? called(reference) : code ? callOf(code, language) : (value ?? "");
    if (!text && !reference) return [];
    const link = reference?.includes("/") && !reference.startsWith("Practitioner") && !reference.startsWith("Organization") ? linkOf(reference) : "";
    return [{ key: `${name}${i}`, label: known ? callOf(known, language) : name, text, link }];
  });
}

/** What somebody is called who has a part in a case, or has moved it; "" for nobody that is known by name. */
export function calledOf(reference: string, parties: Party[], steps: Step[]): string {
  return parties.find((p) => p.who === reference)?.called ?? steps.find((s) => s.who === reference && s.called)?.called ?? "";
}
