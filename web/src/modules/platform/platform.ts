import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { operate, type Output } from "../../api/parameters";

/** How the parts do, in the words of the server. */
export type Health = Output<"$platform-health">;
export type Part = Health["part"][number];
export type State = Health["state"];
export type Group = Part["group"];
export const states: State[] = ["down", "warn", "ok"];

export type Job = Output<"$platform-jobs">["job"][number];
export type Pile = Output<"$platform-jobs">["pile"][number];
export type JobState = Job["state"];
export const jobStates: JobState[] = ["dead", "retrying", "running", "waiting", "done"];

export type Setting = Output<"$platform-settings">["setting"][number];
export type Origin = Setting["from"];

export type MessageState = "ready" | "sending" | "sent" | "dropped" | "failed";
export type Channel = "sms" | "email" | "wechat";

/** A message that leaves the platform; the server declares codes of states and channels as texts. */
export type Message = Omit<Output<"$platform-outbox">["message"][number], "state" | "channel"> & { state: MessageState; channel: Channel };

const keys = { all: ["platform"] as const, of: (...of: unknown[]) => ["platform", ...of] as const };

/** How often the board of parts is read anew, while somebody looks at it. */
const refreshEvery = 10_000;

/** How the platform does; it is read anew by itself as long as the page is to be seen. */
export function useHealth() {
  return useQuery({
    queryKey: keys.of("health"),
    queryFn: async ({ signal }) => (await operate("$platform-health", {}, { signal })).data,
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
    queryFn: async ({ pageParam, signal }) => (await operate("$platform-jobs", { state: state || undefined, kind: kind || undefined, page: pageParam || undefined }, { signal })).data,
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    placeholderData: (before) => before,
  });
}

/** Puts a job back into the queue that is not tried any more; tells whether that was still so. */
export function useAgain() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (number: string) => (await operate("$platform-job-again", { number }, {})).data.again,
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
    queryFn: async ({ signal }) => (await operate("$platform-settings", {}, { signal })).data.setting,
    staleTime: 600_000,
  });
}

/** What has left, page by page. */
export function useOutbox() {
  return useInfiniteQuery({
    queryKey: keys.of("outbox"),
    queryFn: async ({ pageParam, signal }) => {
      const { data } = await operate("$platform-outbox", { page: pageParam || undefined }, { signal });
      return { ...data, message: data.message as Message[] };
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
  });
}
