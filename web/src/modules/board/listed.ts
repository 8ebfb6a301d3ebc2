import { useInfiniteQuery } from "@tanstack/react-query";
import { type Bundle, fhir, matches, nextOf, type Reference, type Resource } from "../../api/fhir";
import { useActing } from "../../app/session";
import { isMembers } from "../../resource/shape";
import { startOf } from "../../words/dates";
import { dayAfter } from "../calendar/days";
import type { OfState } from "./board";

/** What stands behind a number of the board, as it is in the address of the list. */
export interface Wanted {
  process?: string;
  state?: string[]; // as process:state
  institution?: string;
  due?: string; // late, today or a day
  begun?: string; // a day
  ended?: string; // a day, or "since" with one before a plus for all from that day on
}

const names = ["process", "institution", "due", "begun", "ended"] as const;

/** Reads an address. */
export function wantedOf(query: URLSearchParams): Wanted {
  const state = query.get("state")?.split(",").filter(Boolean);
  return { ...Object.fromEntries(names.flatMap((n) => (query.get(n) ? [[n, query.get(n)]] : []))), ...(state?.length && { state }) };
}

/** The address of the list behind a number. */
export function listOf(wanted: Wanted): string {
  const query = new URLSearchParams();
  for (const n of names) if (wanted[n]) query.set(n, wanted[n]);
  if (wanted.state?.length) query.set("state", wanted.state.join(","));
  return `/board/cases?${query}`;
}

const open = "requested,accepted,in-progress,on-hold";
const over = "completed,rejected,failed,cancelled";
const processes = "urn:yitong:process|";

/** The criteria of a search for the cases of a list. Which day something was or is due goes by the region's clock; what is due as a day ends is due on it. */
export function criteriaOf(wanted: Wanted, states: readonly OfState[], now: Date, today: string): [string, string][] {
  const iso = (at: Date) => at.toISOString();
  const start = (day: string) => iso(startOf(day));
  const all: [string, string][] = [];
  const coded = states.filter((s) => wanted.state?.includes(`${s.process}:${s.state}`));
  const queries = coded.map((s) => new URLSearchParams(s.query.replaceAll("+", "%2B")));
  const own = queries.flatMap((q) => q.get("business-status") ?? []);
  if (own.length > 0) all.push(["business-status", own.join(",")]);
  else if (queries.length > 0) all.push(...queries.flatMap((q) => [...q]));
  if (!all.some(([name]) => name === "code")) all.push(["code", processes + (wanted.process ?? "")]);
  if (!all.some(([name]) => name === "status" || name === "business-status") && !wanted.begun) all.push(["status", wanted.ended ? over : open]);
  if (wanted.institution) all.push(["-custodian", wanted.institution]);
  if (wanted.due === "late") all.push(["deadline", `le${iso(now)}`]);
  else if (wanted.due) {
    const day = wanted.due === "today" ? today : wanted.due;
    all.push(["deadline", `gt${wanted.due === "today" ? iso(now) : start(day)}`], ["deadline", `le${start(dayAfter(day, 1))}`]);
  }
  if (wanted.begun) all.push(["authored-on", `ge${start(wanted.begun)}`], ["authored-on", `lt${start(dayAfter(wanted.begun, 1))}`]);
  if (wanted.ended) {
    const day = wanted.ended.replace("+", "");
    all.push(["modified", `ge${start(day)}`]);
    if (!wanted.ended.endsWith("+")) all.push(["modified", `lt${start(dayAfter(day, 1))}`]);
  }
  return [...all, ["_sort", wanted.ended ? "-modified" : wanted.begun ? "-authored-on" : "deadline"], ["_count", "50"]];
}

/** A case in a list. */
export interface Listed {
  id: string;
  process: string;
  state: string;
  stateZh: string; // what it was called as the case came to it
  institution: string;
  begun: string;
  due: string;
  ended: string;
}

/** Reads what a list shows of a Task. */
export function listedOf(task: Resource): Listed {
  const text = (of: unknown, ...path: (string | number)[]): string => {
    let at = of;
    for (const name of path) at = Array.isArray(at) ? at[Number(name)] : isMembers(at) ? at[name] : undefined;
    return typeof at === "string" ? at : "";
  };
  const process = text(task, "code", "coding", 0, "code");
  const own = text(task, "businessStatus", "coding", 0, "system") === `urn:yitong:process:${process}`;
  const status = text(task, "status");
  const keeper = (task.meta?.extension ?? []).filter(isMembers).find((e) => e["url"] === "urn:yitong:custodian")?.["valueReference"] as Reference | undefined;
  const isOver = over.split(",").includes(status);
  return {
    id: task.id ?? "",
    process,
    state: own ? text(task, "businessStatus", "coding", 0, "code") : status,
    stateZh: own ? text(task, "businessStatus", "coding", 0, "display") : "",
    institution: keeper?.reference ?? "",
    begun: text(task, "authoredOn"),
    due: isOver ? "" : text(task, "restriction", "period", "end"),
    ended: isOver ? text(task, "lastModified") : "",
  };
}

/** The cases behind a number, page by page; they are searched by what is posted. */
export function useListed(wanted: Wanted, states: readonly OfState[] | undefined, today: string) {
  const { source } = useActing();
  return useInfiniteQuery({
    queryKey: ["cases", "listed", source, wanted, today],
    initialPageParam: "",
    queryFn: async ({ pageParam, signal }) => {
      const body = pageParam || new URLSearchParams(criteriaOf(wanted, states ?? [], new Date(), today)).toString();
      const { data } = await fhir<Bundle>("Task/_search", { method: "POST", kind: "application/x-www-form-urlencoded", body, signal });
      return { cases: matches(data).map(listedOf), next: nextOf(data).split("?")[1] ?? "" };
    },
    getNextPageParam: (last) => last.next || undefined,
    enabled: states !== undefined,
  });
}
