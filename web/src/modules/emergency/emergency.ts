import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Bundle, type Coding, fhir, matches, type Reference, type Resource } from "../../api/fhir";
import { operate, type Output } from "../../api/parameters";
import { placesOf } from "../../app/places";
import type { Acting, Role } from "../../app/session";
import { textOf, type Values } from "../../parts/form/values";
import { isMembers } from "../../resource/shape";
import { type Language, say } from "../../words";
import { cleaned, documents, isCitizenID } from "../family/entrust";
import { words } from "./words";

/** By which rules records are opened, and which are open to oneself. */
export type Own = Output<"$emergency-own">;

/** Whether a role can open records in an emergency. */
export const mayOpen = (role: Role): boolean => placesOf(role).some((p) => p.path === "emergency");

/** The rules, and what is open now. */
export const useOwn = () =>
  useQuery({ queryKey: ["emergency", "own"], queryFn: async ({ signal }) => (await operate("$emergency-own", {}, { signal })).data });

/** What is typed to open a record; resident is the reference of the one who is meant, "" for the number of a document. */
export interface Opening {
  resident: string;
  values: Values;
}

/** Opens a record. Whatever was read before is read anew: what was closed may be open now. */
export function useOpen() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ resident, values }: Opening) => {
      const document = documents[textOf(values["document"]) as keyof typeof documents];
      const whom = resident ? { patient: resident } : { identifier: { system: document.system, value: cleaned(textOf(values["number"])) } };
      return (await operate("Patient/$emergency-access", { ...whom, reason: textOf(values["reason"]).trim() }, {})).data;
    },
    onSuccess: () => Promise.all([["emergency"], ["residents"], ["record"]].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

const lettersLeast = 5; // different ones, of a reason that says something

/** What is wrong with what was typed, by field. */
export function wrongWith({ resident, values }: Opening, rules: Pick<Own, "least" | "length">, language: Language): Record<string, string> {
  const wrong: Record<string, string> = {};
  const number = cleaned(textOf(values["number"]));
  const citizen = !resident && textOf(values["document"]) === "citizen";
  if (citizen && number && !isCitizenID(number)) wrong["number"] = say(words.numberWrong, language);
  const reason = textOf(values["reason"]).trim();
  const long = [...reason].length;
  const letters = new Set(reason.toLowerCase().match(/[\p{L}\p{N}]/gu)).size;
  if (long > rules.length) wrong["reason"] = say(words.reasonLong, language, rules.length);
  else if (long > 0 && long < rules.least) wrong["reason"] = say(words.reasonShort, language, rules.least);
  else if (long > 0 && letters < lettersLeast) wrong["reason"] = say(words.reasonEmpty, language);
  return wrong;
}

const systemPermit = "urn:yitong:permit";
const roleURL = "urn:yitong:role";

interface Provision {
  period?: { end?: string };
  actor?: { reference?: Reference; extension?: { url?: string; valueCode?: string }[] }[];
}

/** Until when a record is open to somebody by emergency access, as its Consents tell; "" where it is not. */
export function openUntil(consents: Resource[], person: string | undefined, role: Role, now: number): string {
  const ends = consents.flatMap((c) => {
    const codings = ((c["category"] ?? []) as { coding?: Coding[] }[]).flatMap((k) => k.coding ?? []);
    const taken = codings.some((k) => k.system === systemPermit && k.code === "emergency");
    if (c.resourceType !== "Consent" || c["status"] !== "active" || !taken) return [];
    const { period, actor } = (c["provision"] ?? {}) as Provision;
    const inRole = (e: { url?: string; valueCode?: string }) => e.url !== roleURL || e.valueCode === role;
    const mine = actor?.some((a) => a.reference?.reference === person && (a.extension ?? []).every(inRole));
    return mine && period?.end && Date.parse(period.end) > now ? [period.end] : [];
  });
  return ends.sort((a, b) => Date.parse(b) - Date.parse(a))[0] ?? "";
}

/** Which institution answers for a resource. */
export function keeperOf(r: Resource): string {
  const keeper = (r.meta?.extension ?? []).filter(isMembers).find((e) => e["url"] === "urn:yitong:custodian")?.["valueReference"];
  return (keeper as Reference | undefined)?.reference ?? "";
}

/** The permits of emergency access to a record that another institution keeps, where not all of it is loaded. */
export function usePermits(patient: Resource, whole: boolean, { role, institution }: Acting, person: string | undefined) {
  return useQuery({
    queryKey: ["emergency", "permits", patient.id, person],
    enabled: !whole && mayOpen(role) && keeperOf(patient) !== institution,
    queryFn: async ({ signal }) => {
      const mine = { category: `${systemPermit}|emergency`, actor: person ?? "", _sort: "-date", _count: "5" };
      const query = new URLSearchParams({ patient: `Patient/${patient.id}`, ...mine });
      return matches((await fhir<Bundle>(`Consent?${query}`, { signal })).data);
    },
  });
}
