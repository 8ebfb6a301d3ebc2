import { type ComponentType, lazy, type LazyExoticComponent } from "react";
import type { Resource } from "../../api/fhir";
import type { Parameters } from "../../api/parameters";
import type { Case, Possible, Step, Task } from "./cases";

/** What a case's own part is told. */
export interface OwnProps {
  id: string;
  found: Case;
  task: Task | undefined; // undefined where it may not be read
  resident: Resource | undefined;
  focus: Resource | undefined;
  steps: Step[];
}

/** What the part by which a resident acts is told. */
export interface ActProps extends OwnProps {
  busy: boolean;
  error: Error | null;
  onSend: (move: Possible, filled: Parameters) => void;
}

/** What the own form of a move is told. */
export interface MoveFormProps {
  id: string;
  found: Case;
  move: Possible;
  busy: boolean;
  error: Error | null;
  onSend: (filled: Parameters) => void;
  onCancel: () => void;
}

type Later<P> = LazyExoticComponent<ComponentType<P>>;

/** What cases of a process have of their own, in the place of what is drawn for all. */
export interface Own {
  Head: Later<OwnProps>; // below the heading, for staff
  Body: Later<OwnProps>; // what the case says
  Act: Later<ActProps>; // for a resident, what to do now
  forms: Record<string, Later<MoveFormProps>>; // of moves
  pages: Record<string, string>; // that moves have, behind the address of the case
  first: readonly string[]; // moves that come before the others
  last: readonly string[]; // moves that come behind the others, in order
}

const place = lazy(() => import("../referral/Place"));

const referral: Own = {
  Head: lazy(() => import("../referral/Line")),
  Body: lazy(() => import("../referral/Content")),
  Act: lazy(() => import("../referral/Decide")),
  forms: { send: lazy(() => import("../referral/Send")), forward: lazy(() => import("../referral/Forward")), "accept-visit": place, "book-visit": place },
  pages: { refer: "refer" },
  first: ["arrive", "refer", "follow-up", "accept-visit"],
  last: ["stay", "decline", "reject-sending", "reject", "turn-away", "no-show", "close", "refuse", "withdraw", "died"],
};

const owns: Record<string, Own> = { "referral-up": referral, "referral-down": referral };

/** The moves of a case as people look for them: those that lead on come first, those that end or return it last. */
export function inOrder(moves: Possible[], own: Own | undefined): Possible[] {
  const rank = (m: Possible) => (own?.first.includes(m.code) ? -2 : (own?.last.indexOf(m.code) ?? -1));
  return [...moves].sort((a, b) => rank(a) - rank(b));
}

/** What cases of a process have of their own, if anything. */
export const ownOf = (process: string): Own | undefined => owns[process];
