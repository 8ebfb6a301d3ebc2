import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Bundle, everyMatch, fhir, nextOf, type Reference, type Resource } from "../../api/fhir";
import { Problem } from "../../api/http";
import { type Concept, conceptOf } from "../../resource/codes";
import type { Language } from "../../words";

const classes = "urn:yitong:codesystem:institution-class";
const levels = "urn:yitong:codesystem:hospital-level";
const credit = "urn:oid:2.16.156.10011.1.5";

/** An institution as the pages read it. */
export interface Institution {
  id: string;
  name: string;
  alias: string;
  kind: string;
  level: string;
  district: string;
  address: string;
  phone: string;
  credit: string;
  active: boolean;
  parent: Reference | undefined;
  children?: Institution[];
}

interface Address {
  text?: string;
  line?: string[];
  city?: string;
  district?: string;
}

interface Contact {
  system?: string;
  value?: string;
}

const listOf = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);

/** Reads an Organization. */
export function institutionOf(r: Resource, language: Language): Institution {
  const types = listOf<Concept>(r["type"]);
  const coded = (system: string) => types.find((c) => c.coding?.some((one) => one.system === system));
  const plain = types.find((c) => !c.coding?.some((one) => one.system === classes || one.system === levels));
  const address = listOf<Address>(r["address"])[0];
  return {
    id: r.id ?? "",
    name: typeof r["name"] === "string" ? r["name"] : (r.id ?? ""),
    alias: listOf<string>(r["alias"])[0] ?? "",
    kind: conceptOf(plain ?? coded(classes), language),
    level: conceptOf(coded(levels), language),
    district: address?.district ?? "",
    address: address?.text ?? [address?.city, address?.district, ...(address?.line ?? [])].filter(Boolean).join(""),
    phone: listOf<Contact>(r["telecom"]).find((c) => c.system === "phone")?.value ?? "",
    credit: listOf<{ system?: string; value?: string }>(r["identifier"]).find((i) => i.system === credit)?.value ?? "",
    active: r["active"] !== false,
    parent: r["partOf"] as Reference | undefined,
  };
}

/** What of the institutions one wants to see; "" for all. */
export interface Filter {
  text: string;
  district: string;
  kind: string;
}

/** The institutions that fit a filter. */
export function fitting(all: Institution[], { text, district, kind }: Filter): Institution[] {
  const part = text.trim().toLowerCase();
  return all.filter((i) => (!district || i.district === district) && (!kind || i.kind === kind) && [i.name, i.alias, i.id].some((t) => t.toLowerCase().includes(part)));
}

/** Institutions under those that they are part of, each once; those whose whole is not among them stand at the top, by kind and name. */
export function treeOf(all: Institution[]): Institution[] {
  const known = new Map(all.map((i) => [`Organization/${i.id}`, i]));
  const above = (i: Institution) => known.get(i.parent?.reference ?? "");
  const circles = (i: Institution) => {
    const seen = new Set<Institution>();
    for (let at: Institution | undefined = i; at; at = above(at)) {
      if (seen.has(at)) return true;
      seen.add(at);
    }
    return false;
  };
  const isTop = (i: Institution) => !above(i) || circles(i);
  const inOrder = (some: Institution[]) => some.sort((a, b) => a.kind.localeCompare(b.kind, "zh-CN") || a.name.localeCompare(b.name, "zh-CN"));
  const withParts = (i: Institution): Institution => {
    const parts = all.filter((p) => above(p) === i && !isTop(p));
    return parts.length > 0 ? { ...i, children: inOrder(parts.map(withParts)) } : i;
  };
  return inOrder(all.filter(isTop).map(withParts));
}

const pageSize = 500;

/** All institutions, page by page. */
export function useInstitutions() {
  return useInfiniteQuery({
    queryKey: ["institutions", "all"],
    initialPageParam: `/fhir/Organization?_count=${pageSize}`,
    queryFn: async ({ pageParam, signal }) => (await fhir<Bundle>(pageParam, { signal })).data,
    getNextPageParam: (last) => nextOf(last) || undefined,
  });
}

/** By which agreements institutions belong to alliances, by the references of the members. */
export function useAlliances() {
  return useQuery({
    queryKey: ["institutions", "alliances"],
    queryFn: async ({ signal }) => {
      const found = await everyMatch(`OrganizationAffiliation?active=true&_count=${pageSize}`, signal);
      const of = (a: Resource) => (a["participatingOrganization"] as Reference | undefined)?.reference ?? "";
      return new Map(found.map((a) => [of(a), found.filter((other) => of(other) === of(a))]));
    },
  });
}

/** The alliance of an agreement: the network, or who leads where it names none. */
export const allianceOf = (a: Resource): Reference | undefined => listOf<Reference>(a["network"])[0] ?? (a["organization"] as Reference | undefined);

/** The part that an institution takes by an agreement. */
export const partIn = (a: Resource, language: Language): string => conceptOf(listOf<Concept>(a["code"])[0], language);

/** An institution with what stands around it. */
export interface Whole {
  resource: Resource;
  locations: Resource[];
  services: Resource[];
  parts: Resource[];
  memberOf: Resource[];
  members: Resource[];
}

const partsAtOnce = 200;

/** An institution, its places, services and parts, in one request unless there are very many. */
export function useInstitution(id: string) {
  return useQuery({
    queryKey: ["institutions", "one", id],
    queryFn: async ({ signal }): Promise<Whole> => {
      const me = `Organization/${id}`;
      const asked = [me, `Location?organization=${me}`, `HealthcareService?organization=${me}`, `Organization?partof=${me}`, `OrganizationAffiliation?participating-organization=${me}`, `OrganizationAffiliation?active=true&network=${me}`];
      const entry = asked.map((url, i) => ({ request: { method: "GET", url: i > 0 ? `${url}&_count=${partsAtOnce}` : url } }));
      const { data } = await fhir<Bundle>("/fhir/", { method: "POST", kind: "application/fhir+json", body: { resourceType: "Bundle", type: "batch", entry }, signal });
      const [resource, ...lists] = (data.entry ?? []).map((e) => e.resource);
      if (resource?.resourceType !== "Organization") throw new Problem(404, "");
      const whole = await Promise.all(lists.map((b) => (b?.resourceType === "Bundle" ? everyMatch(b as Bundle, signal) : [])));
      const [locations = [], services = [], parts = [], memberOf = [], members = []] = whole;
      return { resource, locations, services, parts, memberOf, members };
    },
  });
}

/** The posts at an institution with the people who have them, page by page. */
export function usePosts(id: string) {
  return useInfiniteQuery({
    queryKey: ["institutions", "posts", id],
    initialPageParam: `/fhir/PractitionerRole?organization=Organization/${id}&active=true&_include=PractitionerRole:practitioner&_count=100`,
    queryFn: async ({ pageParam, signal }) => (await fhir<Bundle>(pageParam, { signal })).data,
    getNextPageParam: (last) => nextOf(last) || undefined,
  });
}

/** Writes an institution: a new one, or the next version of the one that was read. */
export function useWrite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (r: Resource) =>
      (await fhir(r.id ? `Organization/${r.id}` : "Organization", { method: r.id ? "PUT" : "POST", body: r, ...(r.id && { headers: { "If-Match": `W/"${r.meta?.versionId}"` } }) })).data,
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: ["institutions"] }), client.invalidateQueries({ queryKey: ["named"] })]),
  });
}
