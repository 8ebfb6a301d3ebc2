import { ask, type Answer, type Asked } from "./http";

/** A resource as FHIR has it; views of single types narrow it. */
export interface Resource {
  resourceType: string;
  id?: string;
  meta?: { versionId?: string; lastUpdated?: string; profile?: string[]; security?: Coding[]; extension?: unknown[] };
  [element: string]: unknown;
}

export interface Coding {
  system?: string;
  code?: string;
  display?: string;
}

export interface Reference {
  reference?: string;
  display?: string;
  type?: string;
  identifier?: { system?: string; value?: string };
}

/** Something with what it is called, "" where the reader may not know. */
export interface Named {
  reference: string;
  display: string;
}

export interface Entry {
  fullUrl?: string;
  resource?: Resource;
  search?: { mode?: string };
}

export interface Bundle extends Resource {
  resourceType: "Bundle";
  total?: number;
  link?: { relation: string; url: string }[];
  entry?: Entry[];
}

const kind = "application/fhir+json";

/** Asks the record; path is behind /fhir/, such as Task/$inbox. */
export function fhir<T = Resource>(path: string, asked: Asked = {}): Promise<Answer<T>> {
  return ask<T>(path.startsWith("/") ? path : `/fhir/${path}`, { kind, ...asked, headers: { Accept: kind, ...asked.headers } });
}

/** The resources of a searchset that match, included ones apart. */
export function matches(bundle: Bundle): Resource[] {
  return (bundle.entry ?? []).filter((e) => e.search?.mode !== "include").flatMap((e) => (e.resource ? [e.resource] : []));
}

/** What matches a search on all its pages, which are read one after the other; it begins with an address, or with the first page. */
export async function everyMatch(first: string | Bundle, signal?: AbortSignal): Promise<Resource[]> {
  const all: Resource[] = [];
  for (let page = typeof first === "string" ? undefined : first, next = typeof first === "string" ? first : ""; page || next; page = undefined) {
    const read: Bundle = page ?? (await fhir<Bundle>(next, signal ? { signal } : {})).data;
    all.push(...matches(read));
    next = nextOf(read);
  }
  return all;
}

/** The address of the next page of a Bundle as a path, "" for none. */
export function nextOf(bundle: Bundle): string {
  const url = bundle.link?.find((l) => l.relation === "next")?.url;
  if (!url) return "";
  const to = new URL(url, window.location.origin);
  return to.pathname + to.search;
}
