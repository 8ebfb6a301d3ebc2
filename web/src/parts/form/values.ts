import type { Parameters } from "../../api/parameters";
import { type Language, say } from "../../words";
import { instantOf } from "../../words/dates";
import { words } from "../words";
import type { Field } from "./schema";

/** What stands in one field: texts as they were typed; those of several by the names of their parts. */
export type Typed = string | { [name: string]: Typed } | Typed[];

/** What stands in a form. */
export type Values = { [name: string]: Typed };

/** An empty field. */
function blankOf(field: Field): Typed {
  if (field.many) return field.required ? [oneBlank(field)] : [];
  return oneBlank(field);
}

/** One empty value of a field. */
export function oneBlank(field: Field): Typed {
  if (field.kind === "part") return blank(field.fields);
  return field.kind === "coding" || field.kind === "identifier" ? {} : "";
}

/** An empty form. */
export const blank = (fields: Field[]): Values => Object.fromEntries(fields.map((f) => [f.name, blankOf(f)]));

/** The text of a value, or of a part of it. */
export const textOf = (value: Typed | undefined): string => (typeof value === "string" ? value : "");

/** The value of a part. */
export function partOf(value: Typed | undefined, name: string): Typed | undefined {
  return value && typeof value === "object" && !Array.isArray(value) ? value[name] : undefined;
}

/** All values of a field. */
export const allOf = (field: Field, value: Typed | undefined): Typed[] => (field.many ? (Array.isArray(value) ? value : []) : value === undefined ? [] : [value]);

/** Whether nothing stands in a value. */
export function isEmpty(value: Typed | undefined): boolean {
  if (value === undefined) return true;
  if (typeof value === "string") return value.trim() === "";
  return Object.values(value).every(isEmpty);
}

interface Parameter {
  name: string;
  [value: string]: unknown;
}

/** What is sent, and for each parameter the path of the field that it came from. */
export interface Sent {
  parameters: Parameters;
  places: Place[];
}

/** The place of a parameter: the path of its field, and the places of its parts. */
export interface Place {
  path: string;
  parts: Place[];
}

/** The path of a field's value: wrong, or medicine.0.dose. */
export const pathOf = (inside: string, field: Field, i: number): string => `${inside && `${inside}.`}${field.name}${field.many ? `.${i}` : ""}`;

/** Makes Parameters of what was typed. Empty fields are left out. */
export function sentOf(fields: Field[], values: Values): Sent {
  const { list, places } = listed(fields, values, "");
  return { parameters: { resourceType: "Parameters", ...(list.length > 0 && { parameter: list }) }, places };
}

function listed(fields: Field[], values: Typed | undefined, inside: string): { list: Parameter[]; places: Place[] } {
  const list: Parameter[] = [];
  const places: Place[] = [];
  for (const field of fields) {
    for (const [i, value] of allOf(field, partOf(values, field.name)).entries()) {
      if (isEmpty(value)) continue;
      const path = pathOf(inside, field, i);
      if (field.kind === "part") {
        const inner = listed(field.fields, value, path);
        list.push({ name: field.name, part: inner.list });
        places.push({ path, parts: inner.places });
      } else {
        list.push({ name: field.name, [field.member]: valueOf(field, value) });
        places.push({ path, parts: [] });
      }
    }
  }
  return { list, places };
}

function valueOf(field: Field, value: Typed): unknown {
  const text = textOf(value).trim();
  switch (field.kind) {
    case "boolean":
      return text === "true";
    case "integer":
      return Number(text);
    case "decimal":
      return asTyped(text);
    case "instant":
    case "dateTime":
      return text.includes("T") ? instantOf(text) : text;
    case "reference":
      return { reference: text };
    case "coding":
    case "identifier":
      return Object.fromEntries(Object.entries(value).flatMap(([name, part]) => (isEmpty(part) ? [] : [[name, textOf(part).trim()]])));
    case "resource":
      return JSON.parse(text);
    default:
      return text;
  }
}

/** A number with the digits that were typed: 1.00 stays 1.00, where the browser can do that. */
function asTyped(text: string): unknown {
  const { rawJSON } = JSON as { rawJSON?: (text: string) => unknown };
  return rawJSON ? rawJSON(text) : Number(text);
}

/** What is wrong with what was typed, by the path of each field. */
export function wrongIn(fields: Field[], values: Values, language: Language): Record<string, string> {
  const wrong: Record<string, string> = {};
  look(fields, values, "", wrong, language);
  return wrong;
}

function look(fields: Field[], values: Typed | undefined, inside: string, wrong: Record<string, string>, language: Language) {
  for (const field of fields) {
    const all = allOf(field, partOf(values, field.name));
    if (field.required && all.every(isEmpty) && field.kind !== "part") {
      const chosen = field.kind === "code" || field.kind === "reference" || field.kind === "boolean";
      wrong[pathOf(inside, field, 0)] = say(chosen ? words.choiceNeeded : words.required, language);
      continue;
    }
    for (const [i, value] of all.entries()) {
      const path = pathOf(inside, field, i);
      if (field.kind === "part") {
        if (field.required || !isEmpty(value)) look(field.fields, value, path, wrong, language);
        continue;
      }
      const text = isEmpty(value) ? "" : wrongWith(field, value, language);
      if (text) wrong[path] = text;
    }
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/** About how many letters still fit into a text. */
export const roomIn = (field: Field, text: string, language: Language): number => Math.floor((field.bytes - bytesOf(text)) / (language === "en" ? 1 : 3));

function wrongWith(field: Field, value: Typed, language: Language): string {
  const text = textOf(value).trim();
  switch (field.kind) {
    case "text": {
      const over = bytesOf(text) - field.bytes;
      return over > 0 ? say(words.tooLong, language, over) : "";
    }
    case "integer":
      if (!/^-?\d+$/.test(text)) return say(words.wholeNumber, language);
      return Number(text) < field.from || Number(text) > field.to ? say(words.between, language, field.from, field.to) : "";
    case "decimal":
      return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? "" : say(words.decimal, language);
    case "date":
      return /^\d{4}-\d{2}-\d{2}$/.test(text) ? "" : say(words.dateWrong, language);
    case "dateTime":
    case "instant":
      return Number.isNaN(Date.parse(text)) ? say(words.timeWrong, language) : "";
    case "coding":
      return isEmpty(partOf(value, "code")) ? say(words.required, language) : "";
    case "identifier":
      return isEmpty(partOf(value, "value")) ? say(words.required, language) : "";
    case "resource":
      return isJSON(text) ? "" : say(words.notJSON, language);
    default:
      return "";
  }
}

function isJSON(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}
