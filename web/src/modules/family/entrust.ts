import type { Coding, Reference, Resource } from "../../api/fhir";
import type { Text } from "../../words";
import { kinds } from "../residents/kinds";
import { letting as words, recorded } from "./words";

/** Documents by whose number one names who is to act: those with a system of numbers. */
export const documents = {
  citizen: { system: "urn:oid:2.16.156.10011.1.3", words: words.citizen },
  record: { system: "urn:oid:2.16.156.10011.1.2", words: words.record },
} as const satisfies Record<string, { system: string; words: Text }>;

/** For how many months somebody can be let act. */
export const terms = [3, 6, 12] as const;

/** What stands in the form by which a resident lets somebody act. */
export interface Wish {
  called: string;
  document: keyof typeof documents;
  number: string;
  part: "all" | "some";
  kinds: string[]; // of some: keys of kinds
  months: number;
}

export const blank: Wish = { called: "", document: "citizen", number: "", part: "all", kinds: [], months: 6 };

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Whether a text is the number of an identity card: a date that there is, and the check character (GB 11643). */
export function isCitizenID(number: string): boolean {
  if (!/^\d{17}[\dX]$/.test(number)) return false;
  const [year = 0, month = 0, day = 0] = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)].map(Number);
  const born = new Date(Date.UTC(year, month - 1, day));
  const sum = weights.reduce((total, weight, i) => total + weight * Number(number[i]), 0);
  return born.getUTCFullYear() === year && born.getUTCMonth() === month - 1 && born.getUTCDate() === day && "10X98765432"[sum % 11] === number[17];
}

/** A number as it is kept: without blanks, and in capitals. */
export const cleaned = (number: string): string => number.replace(/\s/g, "").toUpperCase();

const nameMost = 50;

/** What is wrong with who is to act, by field; own are the numbers of the resident's documents. */
export function wrongWith(wish: Wish, own: readonly string[]): { called?: Text; number?: Text } {
  const called = wish.called.trim();
  const number = cleaned(wish.number);
  return {
    ...(!called ? { called: words.nameNeeded } : called.length > nameMost ? { called: words.nameLong } : {}),
    ...(!number
      ? { number: words.numberNeeded }
      : own.some((o) => cleaned(o) === number)
        ? { number: words.numberOwn }
        : wish.document === "citizen" && !isCitizenID(number)
          ? { number: words.numberWrong }
          : !/^[\dA-Z-]{1,32}$/.test(number)
            ? { number: words.numberForm }
            : {}),
  };
}

/** The day on which some months from a day are over; the last of the month where it has no such day. */
export function monthsFrom(day: string, months: number): string {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

/** The last moment of what ends at an instant: at midnight, it is of the day before. */
export const lastOf = (until: string): string => new Date(Date.parse(until) - 1).toISOString();

const scope = { system: "http://terminology.hl7.org/CodeSystem/consentscope", code: "patient-privacy" };
const systemTypes = "http://hl7.org/fhir/resource-types";

/** The Consent by which a resident lets somebody act, from today on. */
export function consentOf(wish: Wish, id: string, resident: string, now: Date, today: string): Resource {
  const types = wish.part === "all" ? [] : [...kinds.filter((k) => wish.kinds.includes(k.key)).flatMap((k) => k.types), "Task"];
  return {
    resourceType: "Consent",
    id,
    status: "active",
    scope: { coding: [scope] },
    category: [{ coding: [{ system: "http://loinc.org", code: "59284-0" }] }],
    patient: { reference: resident },
    dateTime: now.toISOString(),
    performer: [{ reference: resident }],
    policyRule: { text: recorded.law[0] },
    provision: {
      type: "permit",
      period: { start: today, end: monthsFrom(today, wish.months) },
      actor: [{
        role: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", code: "IRCP" }], text: recorded.acting[0] },
        reference: { identifier: { system: documents[wish.document].system, value: cleaned(wish.number) }, display: wish.called.trim() },
      }],
      ...(types.length > 0 && { class: types.map((code) => ({ system: systemTypes, code })) }),
    },
  };
}

/** Somebody whom a resident lets act. */
export interface Entrusted {
  consent: string; // its id
  version: string;
  called: string; // "" for who was named in another way
  number: string;
  until: string; // a day or an instant, "" for no end
  kinds: string[] | undefined; // keys of what they see; undefined: all
}

interface Provision {
  type?: string;
  period?: { end?: string };
  actor?: { reference?: Reference }[];
  class?: Coding[];
}

const isPerson = (r: Reference | undefined): boolean => (r?.reference ? r.reference.startsWith("Patient/") : Boolean(r?.identifier?.value) && (r?.type ?? "Patient") === "Patient");

/** Whom Consents let act: those that open the record to other residents, and have not run out. */
export function entrustedIn(consents: Resource[], today: string): Entrusted[] {
  return consents.flatMap((c) => {
    const provision = (c["provision"] ?? {}) as Provision;
    const until = provision.period?.end ?? "";
    if (c.resourceType !== "Consent" || c["status"] !== "active" || provision.type !== "permit" || (until && until.slice(0, 10) < today)) return [];
    const types = provision.class?.map((k) => k.code ?? "");
    return (provision.actor ?? []).filter((a) => isPerson(a.reference)).map(({ reference }) => ({
      consent: c.id ?? "",
      version: c.meta?.versionId ?? "",
      called: reference?.display ?? "",
      number: reference?.identifier?.value ?? "",
      until,
      kinds: types && kinds.filter((k) => k.types.some((type) => types.includes(type))).map((k) => k.key),
    }));
  });
}
