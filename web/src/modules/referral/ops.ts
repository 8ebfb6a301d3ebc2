import { useQuery } from "@tanstack/react-query";
import { type Input, operate, type Output } from "../../api/parameters";
import { useActing } from "../../app/session";

/** What an office sees of the referrals of its institution. */
export type Board = Output<"Task/$referral-board">;

/** A referral on a board. */
export type Waiting = Board["case"][number];

/** What became of the referrals that began in a time. */
export type Statistics = Output<"Task/$referral-statistics">;

/** A number of the statistics. */
export type Figure = Statistics["figure"][number];

/** A referral that a figure counts; what is left out, the reader may not know. */
export type CountedCase = Statistics["case"][number];

type Side = Input<"Task/$referral-board">["side"];

/** What an office wants to see of its board, as it stands in the address. */
export interface Wanted {
  side: Side;
  department: string;
  state: string;
  late: boolean;
}

/** Reads an address. */
export const wantedOf = (query: URLSearchParams): Wanted => ({
  side: query.get("side") === "sending" ? "sending" : "receiving", department: query.get("department") ?? "", state: query.get("state") ?? "", late: query.get("late") === "true",
});

/** The address of a board. */
export function queryOf({ side, department, state, late }: Wanted): URLSearchParams {
  return new URLSearchParams({ side, ...(department && { department }), ...(state && { state }), ...(late && { late: "true" }) });
}

/** The referrals of one's institution that are under way. */
export function useBoard(wanted: Wanted) {
  const { source } = useActing();
  const asked = { side: wanted.side, department: wanted.department || undefined, state: wanted.state || undefined, late: wanted.late || undefined };
  return useQuery({
    queryKey: ["cases", "referral", "board", source, asked],
    queryFn: async ({ signal }) => (await operate("Task/$referral-board", asked, { signal })).data,
    placeholderData: (before) => before,
  });
}

/** What became of the referrals that began from one day to another. */
export function useStatistics(since: string, until: string, institution: string) {
  const { source } = useActing();
  const asked = { since, until, institution: institution || undefined };
  return useQuery({
    queryKey: ["cases", "referral", "statistics", source, asked],
    queryFn: async ({ signal }) => (await operate("Task/$referral-statistics", asked, { signal })).data,
    placeholderData: (before) => before,
  });
}

/** The cases that a figure counts, by the query that it names. */
export function useCounted(query: string) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["cases", "referral", "counted", source, query],
    queryFn: async ({ signal }) => {
      const of = new URLSearchParams(query);
      const [since, until, institution, figure] = ["since", "until", "institution", "figure"].map((name) => of.get(name) ?? undefined);
      return (await operate("Task/$referral-statistics", { since, until, institution, figure }, { signal })).data;
    },
    enabled: query !== "",
  });
}
