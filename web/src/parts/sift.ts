import type { Language } from "../words";

/** What a table shows of a row in one column. */
export interface Cell<Row> {
  key: string;
  text: (row: Row) => string; // in the reader's language: what is filtered by, and exported
  order?: (row: Row) => string | number; // by what it is sorted; the text unless told
  few?: boolean; // there are few values, codes that name nobody: one chooses among them
}

/** How somebody wants to see a table. */
export interface Sight {
  sort: string; // a column, with a dash before it for the other way; "" as it came
  only: Record<string, string[]>; // what is shown of columns with few values; those that are missing show all
}

/** As it comes. */
export const asItComes: Sight = { sort: "", only: {} };

/** The rows that somebody wants to see, in the order wanted: those with all words that were typed, each in some column. */
export function sift<Row>(rows: readonly Row[], cells: readonly Cell<Row>[], sight: Sight, typed: string, language: Language): Row[] {
  const parts = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const kept = rows.filter((row) => {
    const fits = cells.every((c) => !sight.only[c.key]?.length || sight.only[c.key]?.includes(c.text(row)));
    if (!fits || parts.length === 0) return fits;
    const texts = cells.map((c) => c.text(row).toLowerCase());
    return parts.every((part) => texts.some((text) => text.includes(part)));
  });
  const by = cells.find((c) => c.key === sight.sort.replace(/^-/, ""));
  if (!by) return kept;
  const order = by.order ?? by.text;
  const sign = sight.sort.startsWith("-") ? -1 : 1;
  return kept.sort((a, b) => {
    const [x, y] = [order(a), order(b)];
    return sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), language));
  });
}

/** What there is to choose among in a column, in order. */
export const valuesOf = <Row>(rows: readonly Row[], cell: Cell<Row>, language: Language): string[] =>
  [...new Set(rows.map(cell.text))].filter(Boolean).sort((a, b) => a.localeCompare(b, language));
