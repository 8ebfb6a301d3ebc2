import type { Reference } from "../../api/fhir";
import type { Parameters } from "../../api/parameters";

/** Something with what it is called. */
export interface Named {
  reference: string;
  display: string;
}

interface Parameter {
  name: string;
  part?: Parameter[];
  [value: string]: unknown;
}

/** Reads parameters by their names; those in lists (of parts, behind a point) are lists, and references keep what their targets are called. */
export function readNamed<T>(from: Pick<Parameters, "parameter">, lists: readonly string[]): T {
  return all((from.parameter ?? []) as Parameter[], "", lists) as T;
}

function all(given: readonly Parameter[], under: string, lists: readonly string[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const nested = (way: string) => lists.includes(way);
  for (const name of lists) if (name.startsWith(under) && !name.slice(under.length).includes(".")) out[name.slice(under.length)] = [];
  for (const p of given) {
    const way = under + p.name;
    const value = p.part ? all(p.part, `${way}.`, lists) : valueOf(p);
    if (nested(way)) (out[p.name] as unknown[]).push(value);
    else out[p.name] = value;
  }
  return out;
}

function valueOf(p: Parameter): unknown {
  const to = p["valueReference"] as Reference | undefined;
  return to ? { reference: to.reference ?? "", display: to.display ?? "" } : Object.entries(p).find(([key]) => key.startsWith("value"))?.[1];
}
