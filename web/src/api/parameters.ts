import type { Resource } from "./fhir";

/** A value of a parameter as forms have it: a part is an object of its own. */
export type Value = string | number | boolean | Resource | Record<string, unknown> | Value[] | undefined;

interface Parameter {
  name: string;
  part?: Parameter[];
  resource?: Resource;
  [value: string]: unknown;
}

export interface Parameters extends Resource {
  resourceType: "Parameters";
  parameter?: Parameter[];
}

/** Reads Parameters into an object by name; names in many are always lists, others, and those in parts, where they come more than once. */
export function read<T>(from: Parameters, many: string[] = []): T {
  return readAll(from.parameter ?? [], many) as T;
}

function readAll(all: Parameter[], many: string[]): Record<string, unknown> {
  const out: Record<string, unknown> = Object.fromEntries(many.map((name) => [name, []]));
  for (const p of all) {
    const value = valueOf(p);
    const before = out[p.name];
    if (Array.isArray(before)) before.push(value);
    else out[p.name] = before === undefined ? value : [before, value];
  }
  return out;
}

function valueOf(p: Parameter): unknown {
  if (p.part) return readAll(p.part, []);
  if (p.resource) return p.resource;
  const name = Object.keys(p).find((key) => key.startsWith("value"));
  const value = name ? p[name] : undefined;
  if (name === "valueReference") return (value as { reference?: string }).reference;
  return value;
}

/** Parameters of named values of FHIR, such as {of: {valueCode: "office"}}; undefined is left out. */
export function parameters(values: Record<string, Record<string, unknown> | undefined>): Parameters {
  const parameter = Object.entries(values).flatMap(([name, value]) => (value ? [{ name, ...value }] : []));
  return { resourceType: "Parameters", parameter };
}
