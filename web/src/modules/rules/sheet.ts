import type { Resource } from "../../api/fhir";
import { operate, type Output } from "../../api/parameters";
import { save } from "../../parts/save";
import type { Line } from "./rules";

const workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Bytes that a file may have. */
export const fileMost = 15 << 20;

/** Fetches the rows that stand, of one rule or of all, and lets the browser save them. */
export async function take(kind: "xlsx" | "csv", rule?: string) {
  const { data: sheet } = await operate("$rules-export", { kind, rule }, {});
  save(bytesOf(String(sheet["data"] ?? "")), `${rule ?? "rules"}.${kind}`, String(sheet["contentType"] ?? workbook));
}

/** The bytes of a text in base64. */
export const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** What is brought in, and how. */
export interface Bringing {
  file: File;
  rule: string; // of a CSV
  region: string;
  from: string;
  note: string;
  clear: boolean; // rules without rows in it lose theirs
  check: boolean; // tell only what would be drafted
}

export type Drafted = Output<"$rules-import">["draft"][number];

/** Whether a file is CSV, by its name. */
export const isCSV = (name: string): boolean => name.toLowerCase().endsWith(".csv");

/** Sends a sheet: drafts are made of what it says otherwise, or it is only looked at. */
export async function bring({ file, rule, region, from, note, clear, check }: Bringing): Promise<Drafted[]> {
  const binary = { resourceType: "Binary", contentType: isCSV(file.name) ? "text/csv" : workbook, data: base64Of(new Uint8Array(await file.arrayBuffer())) };
  const sent = { file: binary, name: file.name, rule: (isCSV(file.name) && rule) || undefined, region: region || undefined, from, note: note || undefined, clear: clear || undefined, check };
  return (await operate("$rules-import", sent, {})).data.draft;
}

const step = 0x8000; // what String.fromCharCode takes at once

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += step) text += String.fromCharCode(...bytes.subarray(at, at + step));
  return btoa(text);
}

/** The rows of a version as its Library keeps them; undefined for what cannot be read. */
export function linesOf(library: Resource): Line[] | undefined {
  const data = (library["content"] as { data?: string }[] | undefined)?.[0]?.data;
  if (!data) return undefined;
  try {
    const { columns, rows } = JSON.parse(new TextDecoder().decode(bytesOf(data))) as { columns: string[]; rows: string[][] };
    return rows.map((r) => {
      const cell = (name: string) => r[columns.indexOf(name)] ?? "";
      return { region: cell("region"), from: cell("from"), to: cell("to"), keys: r.slice(3, columns.length - 2), value: cell("value"), source: cell("source") };
    });
  } catch {
    return undefined;
  }
}
