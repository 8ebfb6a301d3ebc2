import { Problem } from "../../api/http";
import type { Language } from "../../words";
import { inLanguage, told } from "../told";
import type { Refused } from "./refused";
import type { Field } from "./schema";
import { pathOf } from "./values";

/** A field of a form that no schema describes: a line of text, unless more is told of it. */
export const fieldOf = (name: string, label: string, more: Partial<Field> = {}): Field => ({
  name, label, doc: "", kind: "text", member: "", required: false, many: false, most: more.many ? Number.POSITIVE_INFINITY : 1, bytes: 200,
  from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, codes: undefined, targets: [], fields: [], ...more,
});

/** Finds the fields of what a server refuses of a plain body, whose fields it names. */
export function refusedAt(error: Error | null, fields: Field[], language: Language): Refused {
  if (!error) return { fields: {}, rest: [] };
  const out: Refused = { fields: {}, rest: [] };
  for (const issue of error instanceof Problem ? error.issues : []) {
    const field = fields.find((f) => issue.expression.includes(f.name));
    const text = inLanguage(issue.text, language);
    if (field) out.fields[pathOf("", field, 0)] = text;
    else out.rest.push(text);
  }
  if (out.rest.length === 0 && Object.keys(out.fields).length === 0) out.rest.push(told(error, language));
  return out;
}
