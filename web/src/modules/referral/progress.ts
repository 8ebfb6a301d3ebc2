import type { Text } from "../../words";
import type { Step } from "../cases/cases";
import type { Way } from "./agreements";
import { words } from "./words";

/** One step of a referral, with the states in which it is. */
interface Stage {
  key: string;
  words: Text;
  states: readonly string[];
}

const review: Stage[] = [
  { key: "sending", words: words.stageSending, states: ["sending-review", "sending-late"] },
  { key: "receiving", words: words.stageReceiving, states: ["receiving-review", "receiving-late"] },
  { key: "time", words: words.stageTime, states: ["assigned"] },
];

/** The steps each way, in order. */
export const stages: Record<Way, readonly Stage[]> = {
  up: [
    { key: "assess", words: words.stageConsult, states: ["consulting"] }, { key: "letter", words: words.stageLetter, states: ["consenting", "agreed", "returned"] }, ...review,
    { key: "care", words: words.stageCare, states: ["scheduled", "unconfirmed", "in-care"] },
  ],
  down: [
    { key: "letter", words: words.stageHand, states: ["consulting", "consenting", "agreed", "returned"] }, ...review,
    { key: "care", words: words.stageFollow, states: ["scheduled", "unconfirmed", "in-care", "follow-up-late"] },
  ],
};

/** How far a step has come. */
export interface Progress {
  key: string;
  words: Text;
  number: string; // as the rules number it: U1, D1; "" behind the last of those
  is: "done" | "now" | "ahead" | "stopped"; // stopped: the referral ended in it before it was done
  at: string; // when it was last reached, "" where it was not
  ms: number; // how long it took in all
  who: string; // who ended it
}

/** How far a referral has come, by what was done in it. */
export function progressOf(steps: readonly Step[], way: Way, ended: boolean, now: number): Progress[] {
  const of = stages[way];
  const known = steps.filter((s) => s.to);
  const stageOf = (state: string | undefined) => of.findIndex((s) => state !== undefined && s.states.includes(state));
  const reached = known.map((s) => stageOf(s.to));
  const last = reached.findLast((i) => i >= 0) ?? 0;
  const whole = ended && known.at(-1)?.to === "completed";
  return of.map((stage, i) => {
    const visits = known.flatMap((s, k) => (reached[k] === i ? [{ s, next: known.slice(k + 1).find((_, n) => reached[k + 1 + n] !== i) }] : []));
    const ms = visits.reduce((sum, { s }) => sum + Math.max((s.until ? Date.parse(s.until) : now) - Date.parse(s.at), 0), 0);
    const behind = whole || i < last;
    return {
      key: stage.key, words: stage.words, number: stage.key === "care" ? "" : `${way === "up" ? "U" : "D"}${i + 1}`,
      is: behind ? "done" : i > last ? "ahead" : ended ? "stopped" : "now",
      at: i > last ? "" : (visits.at(-1)?.s.at ?? ""), ms: i > last ? 0 : ms, who: behind ? (visits.at(-1)?.next?.called ?? "") : "",
    };
  });
}
