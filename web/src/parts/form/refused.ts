import type { Issue, Problem } from "../../api/http";
import type { Language } from "../../words";
import { inLanguage, told } from "../told";
import type { Field } from "./schema";
import { pathOf, type Place } from "./values";

/** What the server refuses: by the path of the field to which it belongs, and what belongs to none. */
export interface Refused {
  fields: Record<string, string>;
  rest: string[];
}

/** Finds the fields of what a server refuses, from the places that it names, such as Parameters.parameter[1].resource.parameter[0]. */
export function refusedOf(problem: Problem, fields: Field[], places: Place[], language: Language): Refused {
  const out: Refused = { fields: {}, rest: [] };
  for (const issue of problem.issues) {
    const text = inLanguage(issue.text, language);
    const path = issue.expression.map((e) => placeOf(e, places)).find((p) => p !== "") ?? namedIn(issue, fields);
    if (!path) out.rest.push(text);
    else out.fields[path] = out.fields[path] ? `${out.fields[path]} ${text}` : text;
  }
  if (problem.issues.length === 0) out.rest.push(told(problem, language));
  return out;
}

/** The path of the field that stands at an expression; "" for none. */
function placeOf(expression: string, places: Place[]): string {
  const inner = expression.split(".resource").at(-1) ?? ""; // behind the parameter in which the form is sent
  const steps = [...inner.matchAll(/(?:parameter|part)\[(\d+)\]/g)].map((m) => Number(m[1]));
  if (expression.includes("parameter[") && !expression.includes(".resource")) return ""; // of the request around the form
  let found: Place | undefined;
  let among = places;
  for (const step of steps) {
    found = among[step];
    if (!found) return "";
    among = found.parts;
  }
  return found?.path ?? "";
}

/** The path of a field that the server names: where it stands, or, of one that it misses, in the text alone. */
function namedIn(issue: Issue, fields: Field[]): string | undefined {
  const [place = ""] = issue.expression;
  const name = (/where\(name = '([\w-]+)'\)$/.exec(place) ?? /(?:parameter|\u53c2\u6570) ([A-Za-z][\w-]*)/.exec(issue.text))?.[1];
  const field = fields.find((f) => f.name === name);
  return field && pathOf("", field, 0);
}
