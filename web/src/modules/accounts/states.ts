import type { Acting, Role } from "../../app/session";
import type { Account, Grant } from "./staff";

/** How an account stands. */
export type State = "open" | "new" | "invited" | "disabled" | "expired";

/** How an account stands at an instant. */
export function stateOf(a: Account, now: number): State {
  if (a.disabled) return "disabled";
  if (a.expires && Date.parse(a.expires) <= now) return "expired";
  if (!a.name || a.strong) return "open"; // residents have no second factor
  return a.invited ? "invited" : "new";
}

/** How a grant stands. */
export type GrantState = "holds" | "later" | "over" | "ended";

/** How a grant stands at an instant. */
export function grantStateOf(g: Grant, now: number): GrantState {
  if (g.ended) return "ended";
  if (Date.parse(g.from) > now) return "later";
  return g.until && Date.parse(g.until) <= now ? "over" : "holds";
}

const blind: readonly Role[] = ["regulator", "insurer", "cdc"];
const own: readonly Role[] = ["doctor", "nurse", "pharmacist", "technician", "office", "guide", "administrator", "proxy"];

/** The roles that somebody may give to an account: operators those that see no records of an institution, administrators those of their own. */
export function givable(acting: Acting, to: Account): readonly Role[] {
  if (acting.role === "operator") return to.name ? blind : [];
  if (acting.role !== "administrator") return [];
  return to.name ? (to.home ? own : ["proxy"]) : ["proxy"];
}

/** Whether somebody may invite an account anew: operators only those that see no records. */
export function invitable(acting: Acting, a: Account): boolean {
  if (!a.name) return false;
  if (acting.role !== "operator") return true;
  return !a.person && !a.home && (a.grants ?? []).every((g) => blind.includes(g.role));
}

/** Whether somebody may end a grant. */
export const endable = (acting: Acting, g: Grant): boolean => !g.ended && (acting.role === "operator" ? blind : own).includes(g.role);

/** Whether an account is that of who reads it: it has the capacity in which they act. */
export const isOwn = (a: Account, source: string): boolean => (a.can ?? []).some((c) => c.source === source);
