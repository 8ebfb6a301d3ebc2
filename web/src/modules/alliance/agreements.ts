import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Bundle, everyMatch, fhir, matches, nextOf, type Reference, type Resource } from "../../api/fhir";
import type { Concept } from "../../resource/codes";
import { say, type Text } from "../../words";
import { dayAt } from "../../words/dates";
import { levels, parts, type states, words, type wrongs } from "./words";

const roleSystem = "urn:yitong:codesystem:alliance-role";
const levelSystem = "urn:yitong:codesystem:hospital-level";

export type Part = keyof typeof parts;
export type Level = keyof typeof levels | "";
export type State = keyof typeof states;

/** An agreement of an alliance: an institution takes a part under the hospital that leads. */
export interface Agreement {
  resource: Resource;
  id: string;
  lead: Reference;
  institution: Reference;
  alliance: Reference;
  part: Part;
  level: Level;
  green: boolean;
  services: Reference[];
  start: string;
  end: string;
  state: State;
}

const listOf = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);
const codesIn = (r: Resource, system: string): string[] => listOf<Concept>(r["code"]).flatMap((c) => c.coding ?? []).filter((c) => c.system === system).map((c) => c.code ?? "");

/** How an agreement stands on a day. */
export function stateOf(r: Resource, today: string): State {
  const { start = "", end = "" } = (r["period"] ?? {}) as { start?: string; end?: string };
  if (r["active"] === false) return "ended";
  if (start > today) return "later";
  return end && end < today ? "past" : "holds";
}

/** Reads an agreement. Names that its references lack come from what stands around it. */
export function agreementOf(r: Resource, named: Map<string, Resource>, today: string): Agreement {
  const name = (ref: Reference | undefined): Reference => {
    const found = named.get(ref?.reference ?? "")?.["name"];
    return { ...ref, display: typeof found === "string" ? found : (ref?.display ?? ref?.reference ?? "") };
  };
  const roles = codesIn(r, roleSystem);
  const { start = "", end = "" } = (r["period"] ?? {}) as { start?: string; end?: string };
  const lead = name(r["organization"] as Reference | undefined);
  const network = listOf<Reference>(r["network"])[0];
  return {
    resource: r, id: r.id ?? "", lead, institution: name(r["participatingOrganization"] as Reference | undefined), alliance: network ? name(network) : lead,
    part: roles.includes("lead") ? "lead" : roles.includes("partner") ? "partner" : "member",
    level: (codesIn(r, levelSystem)[0] ?? "") as Level, green: roles.includes("green-channel"),
    services: listOf<Reference>(r["healthcareService"]).map(name), start, end, state: stateOf(r, today),
  };
}

/** An alliance: the agreements with one hospital that leads. */
export interface Alliance {
  lead: Reference;
  name: string;
  agreements: Agreement[];
}

const order: Part[] = ["lead", "member", "partner"];
const stands: State[] = ["holds", "later", "past", "ended"];

/** The alliances of agreements, those first in which an institution takes a part; in each, those that hold first, the lead, higher hospitals before others. */
export function alliancesOf(all: Agreement[], mine: string | undefined): Alliance[] {
  const byLead = new Map<string, Agreement[]>();
  for (const a of all) byLead.set(a.lead.reference ?? "", [...(byLead.get(a.lead.reference ?? "") ?? []), a]);
  const has = (x: Alliance) => x.agreements.some((a) => a.institution.reference === mine);
  const inOrder = (a: Agreement, b: Agreement) =>
    stands.indexOf(a.state) - stands.indexOf(b.state) || order.indexOf(a.part) - order.indexOf(b.part) || b.level.localeCompare(a.level) || (a.institution.display ?? "").localeCompare(b.institution.display ?? "", "zh-CN");
  return [...byLead.values()]
    .map((agreements) => ({ lead: agreements[0]?.lead ?? {}, name: agreements[0]?.alliance.display ?? "", agreements: agreements.toSorted(inOrder) }))
    .toSorted((a, b) => Number(has(b)) - Number(has(a)) || a.name.localeCompare(b.name, "zh-CN"));
}

/** Whether an institution leads an alliance, and so keeps its agreements. */
export const leads = (of: Alliance | undefined, institution: string | undefined): boolean =>
  of?.agreements.some((a) => a.part === "lead" && a.state === "holds" && a.institution.reference === institution && a.lead.reference === institution) ?? false;

/** The level that an institution itself says it has. */
export function levelOf(r: Resource | undefined): Level {
  const codings = listOf<Concept>(r?.["type"]).flatMap((c) => c.coding ?? []);
  return (codings.find((c) => c.system === levelSystem)?.code ?? "") as Level;
}

/** What is chosen of an agreement. */
export interface Chosen {
  institution: string;
  part: Part;
  level: Level;
  green: boolean;
  services: string[];
  start: string;
  end: string;
}

/** The fields in which something is wrong with what is chosen. */
export function wrongIn({ institution, start, end }: Chosen): (keyof typeof wrongs)[] {
  const is = { institution: !institution, start: !start, end: Boolean(start && end && end < start) };
  return (["institution", "start", "end"] as const).filter((field) => is[field]);
}

/** The agreement that is written: what is not chosen stays as it was. The lead's own gives a new one its alliance. */
export function agreementBody(chosen: Chosen, names: Map<string, string>, from: { old?: Resource; own?: Resource | undefined }): Resource {
  const { old, own } = from;
  const others = listOf<Concept>(old?.["code"]).filter((c) => !c.coding?.some((one) => one.system === roleSystem || one.system === levelSystem));
  const coded = (system: string, code: string, called: Text): Concept => ({ coding: [{ system, code, display: say(called, "zh-CN") }] });
  const code = [
    coded(roleSystem, chosen.part, parts[chosen.part]),
    ...(chosen.level ? [coded(levelSystem, chosen.level, levels[chosen.level])] : []),
    ...(chosen.green ? [coded(roleSystem, "green-channel", words.green)] : []),
    ...others,
  ];
  const to = (reference: string): Reference => ({ reference, ...(names.get(reference) && { display: names.get(reference) as string }) });
  const { healthcareService: _, ...kept } = old ?? {
    resourceType: "OrganizationAffiliation", active: true, organization: own?.["organization"], participatingOrganization: to(chosen.institution),
    ...(own?.["network"] !== undefined && { network: own["network"] }),
  };
  return {
    ...(kept as Resource), code, period: { ...(old?.["period"] as object | undefined), start: chosen.start, end: chosen.end || undefined },
    ...(chosen.services.length > 0 && { healthcareService: chosen.services.map(to) }),
  };
}

/** An agreement that has ended: it stays on record, and says when that was. */
export function endedBody(a: Agreement, today: string): Resource {
  const end = a.start > today || (a.end && a.end < today) ? a.end : today;
  return { ...a.resource, active: false, period: { ...(a.resource["period"] as object | undefined), end: end || undefined } };
}

/** What the pages read: agreements, and the institutions and departments that they name. */
export interface Known {
  agreements: Agreement[];
  named: Map<string, Resource>;
}

const included = ["primary-organization", "participating-organization", "network", "service"].map((p) => `&_include=OrganizationAffiliation:${p}`).join("");

/** All agreements with the institutions and departments that they name, in one request unless there are very many. */
export function useAgreements() {
  return useQuery({
    queryKey: ["alliance", "all"],
    queryFn: async ({ signal }): Promise<Known> => {
      const found: Resource[] = [];
      const named = new Map<string, Resource>();
      for (let next = `OrganizationAffiliation?_count=200${included}`; next; ) {
        const page: Bundle = (await fhir<Bundle>(next, { signal })).data;
        found.push(...matches(page));
        for (const { resource: r } of page.entry ?? []) if (r) named.set(`${r.resourceType}/${r.id}`, r);
        next = nextOf(page);
      }
      const today = dayAt(new Date());
      return { agreements: found.map((r) => agreementOf(r, named, today)), named };
    },
  });
}

/** The institutions that treat people, from which a new agreement chooses. */
export function useProviders(asked: boolean) {
  return useQuery({
    queryKey: ["alliance", "providers"],
    enabled: asked,
    queryFn: ({ signal }) => everyMatch("Organization?active=true&type=http://terminology.hl7.org/CodeSystem/organization-type|prov&_count=500", signal),
  });
}

/** The departments of an institution. */
export function useDepartments(institution: string) {
  return useQuery({
    queryKey: ["alliance", "departments", institution],
    enabled: institution !== "",
    queryFn: ({ signal }) => everyMatch(`HealthcareService?organization=${institution}&active=true&_count=200`, signal),
  });
}

/** Writes an agreement or a department: a new one, or the next version of the one that was read. */
export function useWrite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (r: Resource) => {
      const type = r.resourceType;
      return (await fhir(r.id ? `${type}/${r.id}` : type, { method: r.id ? "PUT" : "POST", body: r, ...(r.id && { headers: { "If-Match": `W/"${r.meta?.versionId}"` } }) })).data;
    },
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: ["alliance"] }), client.invalidateQueries({ queryKey: ["institutions"] })]),
  });
}
