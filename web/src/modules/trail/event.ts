import { listed } from "../../words/list";
import type { Coding, Reference, Resource } from "../../api/fhir";
import { roles } from "../../app/words";
import { typeOf } from "../../resource/elements";
import { type Language, say, type Text } from "../../words";
import { dayOf } from "../../words/dates";
import { deeds, outcomes, words } from "./words";

interface Concept {
  coding?: Coding[];
}

interface Agent {
  type?: Concept;
  role?: Concept[];
  who?: Reference;
  requestor?: boolean;
  policy?: string[];
  network?: { address?: string };
}

interface Entity {
  what?: Reference;
  type?: Coding;
  role?: Coding;
  lifecycle?: Coding;
  query?: string;
  detail?: { type: string; valueString?: string }[];
}

/** An AuditEvent of the trail. */
export interface AuditEvent extends Resource {
  subtype?: Coding[];
  recorded?: string;
  outcome?: string;
  outcomeDesc?: string;
  purposeOfEvent?: Concept[];
  agent?: Agent[];
  entity?: Entity[];
  extension?: { url: string; valueString?: string }[];
}

export type Outcome = keyof typeof outcomes;

/** What became of a thing that an event names. */
export type Fate = "made" | "changed" | "deleted" | "seen" | "permit" | "asked";

/** A record that an event names: its reference ("" where only its type is told) and what became of it. */
export interface Thing {
  type: string;
  reference: string;
  version: string;
  fate: Fate;
}

/** An event as the table and the drawer tell it. */
export interface Told {
  id: string;
  at: string;
  who: string; // a reference, or account/…; "" for the platform
  as: string;
  institution: string;
  program: string;
  process: string;
  did: string; // the interaction, or the operation's name
  outcome: Outcome;
  from: string;
  purpose: string;
  request: string;
  residents: string[];
  things: Thing[];
  type: string; // of what was asked for, where nothing is named
  query: string;
  count: string;
}

const fates: Record<string, Fate> = { "1": "made", "3": "changed", "6": "seen", "14": "deleted" };

const agentOf = (e: AuditEvent, kind: string) => e.agent?.find((a) => a.type?.coding?.some((c) => c.code === kind));

/** A reference, or account/… for what has an identifier alone; "" for nobody. */
function nameOf(r: Reference | undefined): string {
  const { system, value = "" } = r?.identifier ?? {};
  return r?.reference ?? (system ? `${system.replace(/^urn:yitong:/, "")}/${value}` : "");
}

/** Reads an AuditEvent. */
export function toldOf(e: AuditEvent): Told {
  const [first] = e.agent ?? [];
  const entities = e.entity ?? [];
  const subtype = (system: string) => e.subtype?.find((c) => c.system === system)?.code;
  const asked = entities.find((x) => x.query !== undefined || x.detail);
  const did = subtype("urn:yitong:operation") ?? subtype("urn:yitong:interaction") ?? subtype("http://hl7.org/fhir/restful-interaction") ?? "";
  return {
    id: e.id ?? "", at: e.recorded ?? "", who: nameOf(first?.who), as: first?.role?.[0]?.coding?.[0]?.code ?? "", institution: nameOf(agentOf(e, "institution")?.who),
    program: agentOf(e, "program")?.who?.identifier?.value ?? "", process: agentOf(e, "process")?.who?.identifier?.value ?? "",
    did: did.replace(/^search-.*/, "search").replace(/^history-.*/, "history"), outcome: outcomeOf(e), from: first?.network?.address ?? "",
    purpose: e.purposeOfEvent?.[0]?.coding?.[0]?.code ?? "", request: e.extension?.find((x) => x.url === "urn:yitong:request")?.valueString ?? "",
    residents: entities.filter((x) => x.role?.code === "1").map((x) => nameOf(x.what)), things: entities.flatMap(thingOf),
    type: entities.find((x) => x.role?.code !== "1" && x.type?.system?.endsWith("/resource-types"))?.type?.code ?? "",
    query: decoded(asked?.query), count: asked?.detail?.find((d) => d.type === "count")?.valueString ?? "",
  };
}

function thingOf(x: Entity): Thing[] {
  const [reference = "", version = ""] = nameOf(x.what).split("/_history/");
  if (!reference || x.role?.code === "1") return [];
  const fate = x.role?.code === "13" ? "permit" : (fates[x.lifecycle?.code ?? ""] ?? "asked");
  return [{ type: reference.split("/")[0] ?? "", reference, version, fate }];
}

function outcomeOf(e: AuditEvent): Outcome {
  if (e.outcome === "0") return "done";
  const said = e.outcomeDesc ?? e.subtype?.find((c) => c.system === "urn:yitong:outcome")?.code ?? "";
  return said in outcomes ? (said as Outcome) : e.outcome === "8" ? "failed" : "refused";
}

/** The criteria that an event kept, one a line. */
function decoded(query: string | undefined): string {
  if (!query) return "";
  try {
    const text = new TextDecoder().decode(Uint8Array.from(atob(query), (c) => c.charCodeAt(0)));
    return text.split("&").map((part) => decodeURIComponent(part.replaceAll("+", " "))).join("\n");
  } catch {
    return query;
  }
}

const inWords = (all: Record<string, Text>, code: string, language: Language): string => {
  const text = all[code];
  return text ? say(text, language) : code;
};

/** What was done, in words; the name of an operation that nobody has named. */
export const deedOf = (did: string, language: Language): string => inWords(deeds, did, language);

/** As what somebody acted, in words. */
export const roleOf = (as: string, language: Language): string => inWords(roles, as, language);

/** The end of an id, by which people tell one from another. */
export const short = (reference: string): string => (reference.split("/")[1] ?? reference).slice(-8);

/** What somebody is called: by their name where it is known, else by what they are and the end of their id. */
export function calledOf(reference: string, names: ReadonlyMap<string, string>, language: Language): string {
  if (!reference) return say(words.platform, language);
  const kinds: Record<string, Text> = { Patient: words.resident, Person: words.person, account: words.account, Device: words.device };
  const [type = "", id = ""] = reference.split("/");
  const kind = kinds[type];
  if (type === "Device") return `${kind ? say(kind, language) : type} ${id}`;
  return names.get(reference) ?? `${kind ? say(kind, language) : typeOf(type, language)} …${short(reference)}`;
}

const kindsMost = 3; // that are named

/** On what it was, in one line: the kinds of records that it names with how many there are of each, else what was asked for. */
export function onOf(told: Told, language: Language): string {
  const named = told.things.filter((x) => x.fate !== "permit");
  const kinds = new Map<string, number>();
  for (const x of named) kinds.set(x.type, (kinds.get(x.type) ?? 0) + 1);
  const said = [...kinds].map(([type, n]) => (n > 1 ? `${typeOf(type, language)} ×${n}` : typeOf(type, language)));
  if (said.length === 0 && told.type) return typeOf(told.type, language);
  if (said.length === 0) return told.residents.length > 0 ? say(words.resident, language) : "";
  const first = listed(said.slice(0, kindsMost), language);
  return said.length > kindsMost ? say(words.more1, language, first, named.length) : first;
}

/** The references among events that have names everybody may read: staff and institutions, once each. */
export function namedIn(all: Told[]): string[] {
  const refs = all.flatMap((e) => [e.who, e.institution]).filter((r) => /^(Practitioner|Organization)\//.test(r));
  return [...new Set(refs)];
}

/** Today in the region, some days ago. */
export const dayAgo = (days: number, now: Date): string => dayOf(new Date(now.valueOf() - days * 24 * 3600_000).toISOString());
