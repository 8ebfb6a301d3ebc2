import { listed } from "../../words/list";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Program, Programs } from "../../api/declared";
import { ask } from "../../api/http";
import { type Language, say } from "../../words";
import type { Change } from "../accounts/staff";
import { happened, words } from "./words";

/** A program as /staff/clients shows it. */
export type Client = Program;

/** What a program is called in a language. */
export const calledIn = (c: Pick<Client, "name" | "english">, language: Language): string => (language === "en" ? (c.english ?? c.name) : c.name);

/** How a program stands. */
export function stateOf(c: Pick<Client, "disabled" | "expires">, now: number): "open" | "disabled" | "expired" {
  if (c.disabled) return "disabled";
  return Date.parse(c.expires) <= now ? "expired" : "open";
}

const pageSize = 100;

/** The programs that one looks after, page by page. */
export function useClients() {
  return useInfiniteQuery({
    queryKey: ["clients", "all"],
    initialPageParam: "",
    queryFn: async ({ pageParam, signal }) => (await ask<Programs>(`/staff/clients?most=${pageSize}&behind=${encodeURIComponent(pageParam)}`, { signal })).data.clients,
    getNextPageParam: (last) => (last.length === pageSize ? last.at(-1)?.id : undefined),
  });
}

/** One program. */
export function useClient(id: string) {
  return useQuery({ queryKey: ["clients", "one", id], queryFn: async ({ signal }) => (await ask<Client>(`/staff/clients/${encodeURIComponent(id)}`, { signal })).data, enabled: id !== "" });
}

const told = ["name", "english", "institution", "contact", "redirects", "launch", "origins", "scopes", "keys", "keysUrl", "secret", "introspects", "expires"] as const;

/** What has happened to a program, newest first. */
export function eventsOf(changes: Change<Client>[], language: Language) {
  return changes.map((c, i) => ({ at: c.at, by: c.by, times: 1, text: doneBetween(changes[i + 1]?.thing, c.thing, language) }));
}

/** What was done from one version of a program to the next. */
export function doneBetween(before: Client | undefined, after: Client, language: Language): string {
  if (!before) return say(happened.made, language);
  if (after.disabled && after.disabled !== before.disabled) return say(happened.disabled, language, after.disabled);
  if (before.disabled && !after.disabled) return say(happened.enabled, language);
  const changed = told.filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]));
  if (changed.length === 0) return say(happened.same, language);
  return say(happened.changed, language, listed(changed.map((name) => say(words[name], language)), language));
}
