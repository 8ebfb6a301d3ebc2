import { dayAgo, type Outcome } from "./event";

/** What somebody looks for, as it stands in the address of the page. */
export interface Filter {
  from: string; // days; "" for an open end
  to: string;
  who: string;
  institution: string;
  about: string;
  did: string;
  outcome: Outcome | "";
}

const outcomes = ["done", "denied", "absent", "refused", "failed"] as const;
const reference = /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/;

/** What the address says; without a day it is today. What is no reference is left out. */
export function read(address: URLSearchParams, now: Date): Filter {
  const ref = (name: string) => {
    const said = address.get(name) ?? "";
    return reference.test(said) ? said : "";
  };
  const day = (name: string) => address.get(name)?.match(/^\d{4}-\d{2}-\d{2}$/)?.[0] ?? "";
  return {
    from: address.has("from") ? day("from") : dayAgo(0, now), to: day("to"), who: ref("who"), institution: ref("institution"), about: ref("about"),
    did: address.get("did")?.match(/^[a-z-]{1,40}$/)?.[0] ?? "", outcome: outcomes.find((o) => o === address.get("outcome")) ?? "",
  };
}

/** The address that says it; what is as usual is left out. */
export function print(filter: Filter, now: Date): URLSearchParams {
  const out = new URLSearchParams();
  if (filter.from !== dayAgo(0, now)) out.set("from", filter.from);
  for (const name of ["to", "who", "institution", "about", "did", "outcome"] as const) if (filter[name]) out.set(name, filter[name]);
  return out;
}

/** The search of AuditEvents. */
export function queryOf(filter: Filter): string {
  const out = new URLSearchParams({ _count: "50" });
  if (filter.from) out.append("date", `ge${filter.from}`);
  if (filter.to) out.append("date", `le${filter.to}`);
  if (filter.who) out.append("agent", filter.who);
  if (filter.institution) out.append("agent", filter.institution);
  if (filter.about) out.append("patient", filter.about);
  if (filter.did) out.append("subtype", filter.did);
  if (filter.outcome === "done") out.append("outcome", "0");
  else if (filter.outcome) out.append("subtype", `urn:yitong:outcome|${filter.outcome}`);
  return `AuditEvent?${out}`;
}

/** The reference of a resident's record by what was typed: the id alone, a reference, or an address of the app; undefined for what is none. */
export function patientOf(typed: string): string | undefined {
  const id = /^(?:.*\bPatient\/|.*\/residents\/)?([A-Za-z0-9.-]{1,64})$/.exec(typed.trim())?.[1];
  return id === undefined || /^\d{15,18}[Xx]?$/.test(id) ? undefined : `Patient/${id}`;
}
