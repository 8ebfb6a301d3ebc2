import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Account, Accounts, Change as Told } from "../../api/declared";
import { type Bundle, fhir, matches, type Resource } from "../../api/fhir";
import { ask } from "../../api/http";
import { chunks } from "../../parts/chunks";

export type { Account };

/** What an account can act as now: by a grant, or by a post. */
export type Can = NonNullable<Account["can"]>[number];

/** A role that was given, and by whom. */
export type Grant = NonNullable<Account["grants"]>[number];

/** A version of an account or a program, as /staff/history tells it. */
export type Change<T> = Omit<Told, "thing"> & { thing: T };

export interface History<T> {
  changes: Change<T>[];
  names: Record<string, string>;
}

/** What is looked for: it is posted, so that no phone stands in an address. */
export interface Sought {
  text: string;
  institution: string;
}

const pageSize = 50;
const exportSize = 1000;

const search = async (want: Sought, behind: string, most: number, signal?: AbortSignal) =>
  (await ask<Accounts>("/staff/accounts/_search", { method: "POST", body: { ...want, behind, most }, ...(signal && { signal }) })).data;

/** The accounts of staff that fit, page by page. */
export function useAccounts(want: Sought) {
  return useInfiniteQuery({
    queryKey: ["accounts", "found", want],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => search(want, pageParam, pageSize, signal),
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  });
}

/** All accounts that fit. */
export async function everyAccount(want: Sought): Promise<Account[]> {
  const all: Account[] = [];
  for (let behind: string | undefined = ""; behind !== undefined; ) {
    const found: Accounts = await search(want, behind, exportSize);
    all.push(...found.accounts);
    behind = found.next;
  }
  return all;
}

/** One account, by its id or name. */
export function useAccount(name: string) {
  return useQuery({
    queryKey: ["accounts", "one", name],
    queryFn: async ({ signal }) => (await ask<Account>(`/staff/accounts/${encodeURIComponent(name)}`, { signal })).data,
  });
}

/** The versions of an account or a program, newest first. */
export function useHistory<T>(kind: "account" | "client", id: string, enabled: boolean) {
  return useQuery({
    queryKey: [`${kind}s`, "history", id],
    queryFn: async ({ signal }) => (await ask<History<T>>(`/staff/history/${kind}/${encodeURIComponent(id)}`, { signal })).data,
    enabled: enabled && id !== "",
  });
}

/** Changes something at /staff/; what was read of it is read anew. */
export function useChange<In, Out = unknown>(of: "accounts" | "clients", send: (put: In) => { path: string; method?: "POST" | "PUT" | "DELETE"; body?: unknown }) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (put: In) => {
      const { path, method = "POST", body } = send(put);
      return (await ask<Out>(`/staff/${path}`, { method, ...(body !== undefined && { body }) })).data;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: [of] }),
  });
}

const namedTypes = ["Organization", "Practitioner", "Location"];
const namedAtOnce = 100; // in one search of the request

/** The searches that find what references name. */
export function searchesFor(wanted: string[]): string[] {
  const ids = (type: string) => wanted.filter((r) => r.startsWith(`${type}/`)).map((r) => r.slice(type.length + 1));
  return namedTypes.flatMap((type) => chunks(ids(type), namedAtOnce).map((some) => `${type}?_id=${some.join(",")}&_count=${some.length}`));
}

/** The resources that references name, asked for in one request. */
export function useNamed(references: (string | undefined)[]) {
  const wanted = [...new Set(references)].filter((r): r is string => namedTypes.includes(r?.split("/")[0] ?? "")).sort();
  return useQuery<ReadonlyMap<string, Resource>>({
    queryKey: ["named", ...wanted],
    enabled: wanted.length > 0,
    staleTime: 300_000,
    placeholderData: (before) => before,
    queryFn: async ({ signal }) => {
      const entry = searchesFor(wanted).map((url) => ({ request: { method: "GET", url } }));
      const { data } = await fhir<Bundle>("/fhir/", { method: "POST", kind: "application/fhir+json", body: { resourceType: "Bundle", type: "batch", entry }, signal });
      const found = matches(data).flatMap((b) => (b.resourceType === "Bundle" ? matches(b as Bundle) : []));
      return new Map<string, Resource>(found.map((r) => [`${r.resourceType}/${r.id}`, r]));
    },
  });
}
