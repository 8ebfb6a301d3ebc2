import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { fhir } from "../../api/fhir";
import { type Parameters, parameters, read } from "../../api/parameters";

export type State = "ok" | "warn" | "down";
export const states: State[] = ["down", "warn", "ok"];

export type Group = "server" | "record" | "work" | "trail" | "outside";

/** Something that was measured: a text, or an instant. */
export interface Fact {
  words: string;
  value?: string;
  at?: string;
}

/** A part of the platform and how it does, in the words of the server. */
export interface Part {
  group: Group;
  name: string;
  words: string;
  state: State;
  since: string;
  says?: string; // what is not well
  do?: string; // what to do about it
  fact: Fact[];
}

export interface Health {
  state: State;
  at: string;
  part: Part[];
}

export type JobState = "dead" | "retrying" | "running" | "waiting" | "done";
export const jobStates: JobState[] = ["dead", "retrying", "running", "waiting", "done"];

export interface Job {
  number: string;
  id: string;
  kind: string;
  state: JobState;
  attempt: number;
  attempts: number;
  due: string;
  error?: string;
}

export interface Pile {
  kind: string;
  state: JobState;
  count: number;
}

export type Origin = "flag" | "environment" | "file" | "default" | "command";

export interface Setting {
  name: string;
  variable?: string;
  value?: string;
  default?: string;
  secret: boolean;
  set: boolean;
  from: Origin;
  help: string;
}

export type MessageState = "ready" | "sending" | "sent" | "dropped" | "failed";
export type Channel = "sms" | "email" | "wechat";

/** A message that leaves the platform. */
export interface Message {
  id: string;
  made: string;
  channel: Channel;
  state: MessageState;
  to?: string;
  text?: string;
  count: number;
  attempts: number;
  receipt?: string;
}

const keys = { all: ["platform"] as const, of: (...of: unknown[]) => ["platform", ...of] as const };

/** How often the board of parts is read anew, while somebody looks at it. */
export const refreshEvery = 10_000;

/** Reads how the parts do. */
export const healthOf = (told: Parameters): Health => {
  const health = read<Health>(told, ["part"]);
  return { ...health, part: health.part.map((p) => ({ ...p, fact: ([] as Fact[]).concat(p.fact ?? []) })) };
};

/** How the platform does; it is read anew by itself as long as the page is to be seen. */
export function useHealth() {
  return useQuery({
    queryKey: keys.of("health"),
    queryFn: async ({ signal }) => healthOf((await fhir<Parameters>("$platform-health", { signal })).data),
    refetchInterval: refreshEvery,
    refetchIntervalInBackground: false,
  });
}

/** The groups of parts, that with the worst part first, and the worst of each first. */
export function grouped(parts: Part[]): { group: Group; parts: Part[] }[] {
  const groups: { group: Group; parts: Part[] }[] = [];
  for (const state of states) {
    for (const p of parts.filter((one) => one.state === state)) {
      const known = groups.find((g) => g.group === p.group);
      if (known) known.parts.push(p);
      else groups.push({ group: p.group, parts: [p] });
    }
  }
  return groups;
}

/** Which jobs somebody wants to see; "" for all that are not done, or of any kind. */
export interface Wanted {
  state: JobState | "";
  kind: string;
}

/** Jobs of the queue, page by page, and how many there are. */
export function useJobs({ state, kind }: Wanted) {
  return useInfiniteQuery({
    queryKey: keys.of("jobs", state, kind),
    queryFn: async ({ pageParam, signal }) => {
      const q = new URLSearchParams({ ...(state && { state }), ...(kind && { kind }), ...(pageParam && { page: pageParam }) });
      const { data } = await fhir<Parameters>(`$platform-jobs?${q}`, { signal });
      return read<{ job: Job[]; pile: Pile[]; next?: string }>(data, ["job", "pile"]);
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    placeholderData: (before) => before,
  });
}

/** Puts a job back into the queue that is not tried any more; tells whether that was still so. */
export function useAgain() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (number: string) => {
      const body = parameters({ number: { valueString: number } });
      const { data } = await fhir<Parameters>("$platform-job-again", { method: "POST", body });
      return read<{ state: JobState; again: boolean }>(data).again;
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.all }),
  });
}

/** How many jobs are in a state. */
export const countOf = (piles: Pile[], state: JobState): number =>
  piles.filter((p) => p.state === state).reduce((n, p) => n + p.count, 0);

/** The settings in force. */
export function useSettings() {
  return useQuery({
    queryKey: keys.of("settings"),
    queryFn: async ({ signal }) => {
      const { data } = await fhir<Parameters>("$platform-settings", { signal });
      return read<{ setting: Setting[] }>(data, ["setting"]).setting;
    },
    staleTime: 600_000,
  });
}

/** The settings that have what was typed; with changed those alone that are not as they are by default. */
export function narrowed(settings: Setting[], typed: string, changed: boolean): Setting[] {
  const parts = typed.trim().toLowerCase().split(/\s+/);
  return settings
    .filter((s) => !changed || s.from !== "default")
    .filter((s) => {
      const text = [s.name, s.variable, s.value, s.help].join(" ").toLowerCase();
      return parts.every((part) => text.includes(part));
    });
}

/** What has left, page by page. */
export function useOutbox() {
  return useInfiniteQuery({
    queryKey: keys.of("outbox"),
    queryFn: async ({ pageParam, signal }) => {
      const q = new URLSearchParams({ ...(pageParam && { page: pageParam }) });
      const { data } = await fhir<Parameters>(`$platform-outbox?${q}`, { signal });
      return read<{ message: Message[]; next?: string }>(data, ["message"]);
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
  });
}
