import type { Output } from "../../api/parameters";

/** How far the trail is sealed. */
export type State = Output<"$trail-state">;

const behindMost = 20; // batches: twice a second one is made, and sealed within a quarter of one
const waitingMost = 2_000;

/** What is to be said of it: that it is sealed, that too much waits, that the log does not fit the record, or that nothing is sealed. */
export function judged(s: State): "whole" | "late" | "broken" | "none" {
  if (!s.log) return "none";
  if (!s.fits || s.sealed > s.batches) return "broken";
  return s.batches - s.sealed > behindMost || s.waiting > waitingMost ? "late" : "whole";
}
