import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { fhir } from "../../api/fhir";
import { type Input, operate, type Output } from "../../api/parameters";
import { fieldOf } from "../../parts/form/named";
import type { Field } from "../../parts/form/schema";
import { partOf, textOf, type Typed, type Values } from "../../parts/form/values";
import { save } from "../../parts/save";
import { typeOf } from "../../resource/elements";
import { type Language, say, type Text } from "../../words";
import { dateOf, dayAt, instantOf } from "../../words/dates";
import { useAttempt } from "../cases/moving";
import { words } from "./words";

/** One's own requests, and what they are held to. */
export type Own = Output<"$export-own">;
export type Request = Own["request"][number];
type Limits = Pick<Own, "most" | "hours">;

const key = ["exports"];

/** One's own requests, newest first. */
export const useOwn = () =>
  useQuery({ queryKey: [...key, "own"], queryFn: async ({ signal }) => (await operate("$export-own", {}, { signal })).data });

/** Asks for an export. */
export function useAsk() {
  const client = useQueryClient();
  const attempt = useAttempt();
  return useMutation({
    mutationFn: async (asked: Input<"$export-request">) => {
      const headers = { "Idempotency-Key": attempt.keyOf(asked) };
      return (await operate("$export-request", asked, { headers })).data;
    },
    onSettled: (_task, error) => {
      attempt.settled(error);
      return client.invalidateQueries({ queryKey: key });
    },
  });
}

/** The name of the file in which an export is kept. */
export const fileOf = (r: Pick<Request, "task">, now: Date): string => `export-${r.task.slice(-8)}-${dayAt(now)}.ndjson`;

const lines = "application/fhir+ndjson";

/** Fetches what was approved and has the browser save it; gives the name of the file. It is not tried twice: each try counts. */
export function useFetch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (of: Request) => {
      const { data } = await fhir<string>(`${of.task}/$export`, { method: "POST", headers: { Accept: lines }, parse: (text) => text });
      const name = fileOf(of, new Date());
      save(data ?? "", name, lines);
      return name;
    },
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}

/** What a request asks for, in words: the types, and their criteria apart. */
export function scopeOf(part: string, language: Language): { type: string; criteria: string } {
  const [type = "", criteria = ""] = part.split(/\?(.*)/s);
  return { type: typeOf(type, language), criteria };
}

/** The last day on which a request that is made now can end. */
export const lastDay = (limits: Limits, now: Date): string => dayAt(new Date(now.valueOf() + limits.hours * 3_600_000));

const criteriaBytes = 2000;
const nameBytes = 290;
const textBytes = 3000;
const numberBytes = 290;
const partsMost = 20;

/** The fields of a request. */
export function exportFields(limits: Limits, types: readonly string[], language: Language, now: Date): Field[] {
  const t = (text: Text, ...put: (string | number)[]) => say(text, language, ...put);
  const codes = types.map((code) => ({ code, label: `${typeOf(code, language)} ${code}` }));
  const whose = [{ code: "own", label: t(words.whoOwn) }, { code: "other", label: t(words.whoOther) }];
  return [
    fieldOf("part", t(words.parts), {
      kind: "part", many: true, required: true, most: partsMost, doc: t(words.partsHelp),
      fields: [
        fieldOf("type", t(words.type), { kind: "code", required: true, codes }),
        fieldOf("query", t(words.query), { bytes: criteriaBytes, doc: t(words.queryHelp) }),
      ],
    }),
    fieldOf("purpose", t(words.purpose), { required: true, bytes: textBytes, doc: t(words.purposeHelp) }),
    fieldOf("who", t(words.who), { kind: "code", required: true, codes: whose }),
    fieldOf("institution", t(words.institution), { kind: "reference", required: true, targets: ["Organization"] }),
    fieldOf("name", t(words.name), { required: true, bytes: nameBytes, doc: t(words.nameHelp) }),
    fieldOf("abroad", t(words.abroad), { kind: "boolean", required: true }),
    fieldOf("assessment", t(words.assessment), { required: true, bytes: numberBytes, doc: t(words.assessmentHelp) }),
    fieldOf("pia", t(words.pia), { required: true, bytes: numberBytes, doc: t(words.piaHelp) }),
    fieldOf("most", t(words.most), { kind: "integer", from: 1, to: limits.most, doc: t(words.mostHelp, limits.most) }),
    fieldOf("until", t(words.untilLabel), { kind: "date", doc: t(words.untilHelp, dateOf(lastDay(limits, now), language)) }),
  ];
}

/** Whether a field is asked for: that of the recipient that there is, and the assessment of what goes abroad. */
export function exportAsks(field: Field, values: Values): boolean {
  switch (field.name) {
    case "institution": return textOf(values["who"]) === "own";
    case "name": return textOf(values["who"]) === "other";
    case "assessment": return textOf(values["abroad"]) === "true";
    default: return true;
  }
}

const partsOf = (values: Values): Typed[] => (Array.isArray(values["part"]) ? values["part"] : []);
const textIn = (part: Typed, name: string): string => textOf(partOf(part, name)).trim();

/** What is wrong with a request beside its single fields. */
export function exportWrong(values: Values, limits: Limits, now: Date, language: Language): Record<string, string> {
  const wrong: Record<string, string> = {};
  const seen = new Set<string>();
  for (const [i, part] of partsOf(values).entries()) {
    const type = textIn(part, "type");
    if (type && seen.has(type)) wrong[`part.${i}.type`] = say(words.twice, language);
    seen.add(type);
    if (/(^|[&?])(patient|subject|_id)(:[^=]*)?=/.test(textIn(part, "query"))) wrong[`part.${i}.query`] = say(words.named, language);
  }
  const day = textOf(values["until"]);
  const last = lastDay(limits, now);
  if (day && (day < dayAt(now) || day > last)) wrong["until"] = say(words.untilWrong, language, dateOf(last, language));
  return wrong;
}

/** What is sent for what was typed. The last day is as long as it can be: to its end, but no longer than is allowed. */
export function askedOf(values: Values, limits: Limits, now: Date): Input<"$export-request"> {
  const text = (name: string) => textOf(values[name]).trim() || undefined;
  const parts = partsOf(values).filter((p) => textIn(p, "type"));
  const query = parts.filter((p) => textIn(p, "query")).map((p) => `${textIn(p, "type")}?${textIn(p, "query").replace(/^.*\?/, "")}`);
  const day = text("until");
  const abroad = textOf(values["abroad"]) === "true";
  return {
    type: parts.map((p) => textIn(p, "type")),
    query: query.length > 0 ? query : undefined,
    purpose: text("purpose") ?? "",
    recipient: text(textOf(values["who"]) === "own" ? "institution" : "name") ?? "",
    abroad,
    assessment: abroad ? text("assessment") : undefined,
    pia: text("pia"),
    most: text("most") ? Number(text("most")) : undefined,
    until: day && day < lastDay(limits, now) ? instantOf(`${day}T23:59:59`) : undefined,
  };
}
