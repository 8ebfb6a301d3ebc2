import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type Bundle, type Entry, fhir, nextOf, type Resource } from "../../api/fhir";
import { Problem } from "../../api/http";
import { operate, type Output, type Parameters, read } from "../../api/parameters";
import { roles } from "../../app/words";
import { exactly } from "../../resource/json/parse";
import { type Language, say, type Text } from "../../words";
import { deedOf } from "../trail/event";
import { words } from "./words";

/** Who has made a version, as $authors tells it. */
export type Author = Output<"[type]/[id]/$authors">["version"][number];

/** Who somebody is in a few words: how they are called; as what, for whom and by which way they did it; what is not known of it. */
export interface Told {
  called: string;
  more: string[];
  unknown: string; // "" where all is known
}

/** Says who has made a version. The platform itself is told with what it did. */
export function toldOf(a: Author, language: Language): Told {
  const t = (text: Text, ...put: string[]) => say(text, language, ...put);
  const role = a.role ? (roles[a.role as keyof typeof roles] ?? [a.role, a.role]) : undefined;
  const by = a.platform || a.process ? [t(words.by, deedOf(a.operation ?? "", language))] : [];
  const unknown = { kept: "", erased: t(words.lineErased), none: t(words.lineNone) }[a.trail];
  if (a.platform) return { called: t(words.platform), more: by, unknown };
  const called = a.name ? (a.own ? t(words.own, a.name) : a.name) : a.own ? t(words.me) : role ? t(role) : t(words.somebody);
  const more = [role && t(role) !== called ? t(role) : "", a.at ?? "", a.program ? t(words.program, a.program) : "", ...by];
  return { called, more: more.filter(Boolean), unknown };
}

/** A version in a history. */
export interface Version {
  number: string;
  at: string;
  method: string;
  resource: Resource | undefined; // none for a deletion
}

interface Made {
  request?: { method?: string };
  response?: { etag?: string; lastModified?: string; status?: string };
}

/** The versions of a bundle of history, newest first. */
export function versionsOf(bundle: Bundle): Version[] {
  return (bundle.entry ?? []).map((e) => {
    const { request, response } = e as Made;
    const made = response?.status?.startsWith("201") ? "POST" : (request?.method ?? "");
    const number = response?.etag?.match(/"(.+)"/)?.[1] ?? e.resource?.meta?.versionId ?? "";
    return { number, at: response?.lastModified ?? "", method: made, resource: e.resource };
  });
}

interface Answered extends Entry {
  response?: { status?: string; outcome?: Resource };
}

/** The answer of one entry of a batch; what was refused is thrown in the words of the server. */
export function answerOf<T extends Resource>({ resource, response }: Answered): T {
  const status = Number.parseInt(response?.status ?? "", 10);
  if (status < 400 && resource) return resource as T;
  const [issue] = ((response?.outcome ?? resource)?.["issue"] ?? []) as { diagnostics?: string }[];
  throw new Problem(status || 500, issue?.diagnostics ?? "");
}

/** What something has given, or how it has failed. */
interface Tried<T> {
  done?: T;
  failed: Error | null;
}

function attempt<T>(what: () => T): Tried<T> {
  try {
    return { done: what(), failed: null };
  } catch (error) {
    return { failed: error as Error };
  }
}

/** A page of the versions of a resource with who has made them; the first one has the Provenances of the resource, too. */
export interface Page {
  versions: Version[];
  authors: Tried<Author[]>;
  provenances: Tried<Bundle> | undefined;
  next: { history: string; before: number | undefined } | undefined;
}

const pageSize = 20;

/** The versions of a resource, page by page, each page in one request. */
export function useVersions(path: string) {
  return useInfiniteQuery({
    queryKey: ["record", "history", path],
    initialPageParam: { history: `${path}/_history?_count=${pageSize}`, before: undefined } as NonNullable<Page["next"]>,
    queryFn: async ({ pageParam: { history: from, before }, signal }): Promise<Page> => {
      const first = before === undefined;
      const urls = [
        from.replace(/^\/fhir\//, ""), `${path}/$authors?_count=${pageSize}${first ? "" : `&before=${before}`}`,
        ...(first ? [`Provenance?target=${path}&_include=Provenance:agent&_count=${pageSize}`] : []),
      ];
      const body = { resourceType: "Bundle", type: "batch", entry: urls.map((url) => ({ request: { method: "GET", url } })) };
      const { data } = await fhir<Bundle>("/fhir/", { method: "POST", parse: exactly, body, signal });
      const [versions, authors, provenances] = data.entry ?? [];
      const bundle = answerOf<Bundle>(versions ?? {});
      const told = versionsOf(bundle);
      const history = nextOf(bundle);
      return {
        versions: told,
        authors: attempt(() => read<Output<"[type]/[id]/$authors">>(answerOf<Parameters>(authors ?? {}), ["version"]).version),
        provenances: first ? attempt(() => answerOf<Bundle>(provenances ?? {})) : undefined,
        next: history ? { history, before: Number(told.at(-1)?.number ?? before) } : undefined,
      };
    },
    getNextPageParam: (last) => last.next,
  });
}

/** Who has made one version. */
export function useAuthor(type: string, id: string, version: string | undefined) {
  return useQuery({
    queryKey: ["record", "author", type, id, version ?? ""],
    enabled: Number(version) > 0,
    queryFn: async ({ signal }) => {
      const { data } = await operate("[type]/[id]/$authors", { _count: 1, before: Number(version) + 1 }, { type, id, signal });
      return data.version[0] ?? null;
    },
  });
}
