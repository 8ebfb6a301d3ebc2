import type { Resource } from "../api/fhir";
import type { Language } from "../words";
import { type Concept, conceptOf, isAbnormal, meaningOf } from "./codes";
import type { Exact } from "./json/parse";

export interface Quantity {
  value?: number | Exact;
  comparator?: string;
  unit?: string;
  code?: string;
}

export interface ReferenceRange {
  low?: Quantity;
  high?: Quantity;
  text?: string;
}

/** A result as far as it is shown in lists and charts. */
export interface Result extends Resource {
  code?: Concept;
  valueQuantity?: Quantity;
  interpretation?: Concept[];
  referenceRange?: ReferenceRange[];
}

/** A quantity with its unit, its digits as they were written. */
export function quantityOf(q: Quantity | undefined): string {
  if (!q) return "";
  const unit = q.unit ?? q.code ?? "";
  return `${q.comparator ?? ""}${q.value ?? ""}${unit && unit !== "%" ? " " : ""}${unit}`;
}

/** A range in one line. */
export function rangeOf(range: ReferenceRange | undefined): string {
  if (!range) return "";
  const { low, high, text } = range;
  if (text) return text;
  if (low && high) return `${low.value}–${quantityOf(high)}`;
  return low ? `≥ ${quantityOf(low)}` : high ? `≤ ${quantityOf(high)}` : "";
}

/** What a result means: as its writer says; else, where there is one range in its unit, by that. abnormal calls for a look. */
export function standingOf(r: Result, language: Language): { words: string; abnormal: boolean } | undefined {
  const said = r.interpretation?.[0];
  const code = said?.coding?.find((c) => c.code && meaningOf(c.code, language))?.code;
  if (code) return { words: meaningOf(code, language) ?? "", abnormal: isAbnormal(code) };
  if (said) return { words: conceptOf(said, language), abnormal: true };
  const [range, second] = r.referenceRange ?? [];
  const q = r.valueQuantity;
  if (!range || second || q?.value === undefined || q.comparator) return undefined;
  const unit = (of: Quantity) => of.code ?? of.unit;
  if ([range.low, range.high].some((b) => b && unit(b) !== undefined && unit(b) !== unit(q) && b.unit !== q.unit)) return undefined;
  const is = Number(String(q.value));
  const found = range.low?.value !== undefined && is < Number(String(range.low.value)) ? "L" : range.high?.value !== undefined && is > Number(String(range.high.value)) ? "H" : "N";
  if (found === "N" && !range.low && !range.high) return undefined;
  return { words: meaningOf(found, language) ?? "", abnormal: found !== "N" };
}
