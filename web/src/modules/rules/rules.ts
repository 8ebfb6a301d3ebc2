import { useQuery } from "@tanstack/react-query";
import { fhir } from "../../api/fhir";
import { type Parameters, read } from "../../api/parameters";
import { type Language, say } from "../../words";
import { dateOf } from "../../words/dates";
import { callOf } from "../cases/cases";
import { provinces, units, words, yesNo } from "./words";

/** A code with what it is called. */
export interface Code {
  code: string;
  zh: string;
  en: string;
}

/** A key column of a rule. */
export interface Key {
  name: string;
  zh: string;
  en: string;
  codes: Code[];
}

/** A row as it is written; "" for the whole country and for an open end. */
export interface Line {
  region: string;
  from: string;
  to: string;
  keys: string[];
  value: string;
  source: string;
}

/** A row that stands, with the name that decisions record. */
export interface Row extends Line {
  row: string;
}

/** A version that somebody has drafted. */
export interface Version {
  name: string;
  library: string;
  state: "draft" | "active" | "retired";
  region: string;
  from: string;
  rows: number;
  note: string;
  author: string;
  drafted: string;
  published: string;
}

/** A rule, as everybody who works here may know of it. */
export interface Rule {
  name: string;
  zh: string;
  en: string;
  about: readonly [zh: string, en: string];
  kind: readonly [zh: string, en: string];
  unit: string;
  edition: string;
  sparse: boolean;
  keys: Key[];
  codes: Code[];
  today: Row[];
  rows: Row[];
  versions: Version[];
}

type Raw = Record<string, unknown>;

const list = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const text = (value: unknown): string => (value === undefined ? "" : String(value));
const rowOf = (r: Raw): Row => ({
  region: text(r["region"]), from: text(r["from"]), to: text(r["to"]), keys: list(r["key"]).map(String), value: text(r["value"]), source: text(r["source"]), row: text(r["row"]),
});
const codesOf = (value: unknown) => list(value) as Code[];
const versionOf = (v: Raw): Version => ({
  name: text(v["name"]), library: text(v["library"]), state: v["state"] as Version["state"], region: text(v["region"]), from: text(v["from"]), rows: Number(v["rows"]), note: text(v["note"]),
  author: text(v["author"]), drafted: text(v["drafted"]), published: text(v["published"]),
});

/** Reads the answer of $rules-list. */
export function rulesOf(from: Parameters): Rule[] {
  return read<{ rule: Raw[] }>(from, ["rule"]).rule.map((r) => ({
    name: text(r["name"]), zh: text(r["zh"]), en: text(r["en"]), about: [text(r["about-zh"]), text(r["about-en"])], kind: [text(r["kind-zh"]), text(r["kind-en"])], unit: text(r["unit"]),
    edition: text(r["edition"]), sparse: r["sparse"] === true, codes: codesOf(r["code"]),
    keys: (list(r["key"]) as Raw[]).map((k) => ({ name: text(k["name"]), zh: text(k["zh"]), en: text(k["en"]), codes: codesOf(k["code"]) })),
    today: (list(r["today"]) as Raw[]).map(rowOf), rows: (list(r["row"]) as Raw[]).map(rowOf), versions: (list(r["version"]) as Raw[]).map(versionOf),
  }));
}

/** Keys of what is asked of the server. */
export const keys = {
  all: ["rules"] as const,
  list: (region: string) => ["rules", "list", region] as const,
  one: (name: string) => ["rules", "one", name] as const,
  version: (library: string) => ["rules", "version", library] as const,
};

/** All rules, with what counts today in a region. */
export function useRules(region: string) {
  return useQuery({
    queryKey: keys.list(region),
    queryFn: async ({ signal }) => rulesOf((await fhir<Parameters>(`$rules-list${region && `?region=${region}`}`, { signal })).data),
  });
}

/** One rule with its rows and versions. */
export function useRule(name: string) {
  return useQuery({
    queryKey: keys.one(name),
    queryFn: async ({ signal }) => rulesOf((await fhir<Parameters>(`$rules-list?rule=${encodeURIComponent(name)}`, { signal })).data)[0],
  });
}

/** What a rule, a key column or a code is called, as a title. */
export const titleOf = (of: { zh: string; en: string }, language: Language): string => callOf(of, language).replace(/^./, (c) => c.toUpperCase());

/** The value of a row in words, with its unit. */
export function valueOf(rule: Rule, value: string, language: Language): string {
  const code = rule.codes.find((c) => c.code === value);
  if (code) return callOf(code, language);
  const kind = rule.kind[1];
  const put = units[kind === "duration" ? rule.unit : kind];
  if (put) return say(put, language, value);
  if (kind === "yes or no" && yesNo[value]) return say(yesNo[value], language);
  if (kind === "date") return dateOf(value, language);
  return [value, rule.unit].filter(Boolean).join(" ");
}

/** The case that the keys of a row tell, in words; "" for a rule without keys. */
export function caseOf(rule: Rule, of: string[], language: Language): string {
  return rule.keys.map((k, i) => {
    const code = k.codes.find((c) => c.code === of[i]);
    return code ? callOf(code, language) : (of[i] ?? "");
  }).join(" · ");
}

/** A region in words: its province with the code, as there is no list of all divisions here. */
export function regionOf(code: string, language: Language): string {
  if (!code) return say(words.country, language);
  const province = provinces[code.slice(0, 2)];
  return province ? (code.endsWith("0000") ? say(province, language) : `${say(province, language)} ${code}`) : code;
}

/** Whether a text can be a division code, or is empty. */
export const isRegion = (code: string): boolean => /^(\d{6})?$/.test(code) && (code === "" || code.slice(0, 2) in provinces);

/** For which days a row holds, in words. */
export function daysOf({ from, to }: Pick<Line, "from" | "to">, language: Language): string {
  if (from && to) return say(words.until, language, dateOf(from, language), dateOf(to, language));
  if (from) return say(words.since, language, dateOf(from, language));
  return to ? say(words.before, language, dateOf(to, language)) : say(words.always, language);
}

/** Whether a row holds on a day, will, or has. */
export function standingOf({ from, to }: Pick<Line, "from" | "to">, day: string): "now" | "coming" | "over" {
  if (to && to <= day) return "over";
  return from > day ? "coming" : "now";
}
