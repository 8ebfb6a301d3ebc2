import { useSyncExternalStore } from "react";
import type { Kind } from "./Told";

/** Something that is told for a while, above every page. */
export interface Toast {
  id: number;
  kind: Kind;
  title: string;
  text?: string;
  to?: string | undefined; // the place that it is about
}

const most = 3; // at once
let last = 0;
let all: readonly Toast[] = [];
const listeners = new Set<() => void>();

function put(now: readonly Toast[]) {
  all = now;
  for (const tell of listeners) tell();
}

/** Takes one away. */
export const dismiss = (id: number): void => put(all.filter((t) => t.id !== id));

/** Tells something; what is told already is not told twice, and the oldest makes way. */
export function toast(kind: Kind, title: string, more: Pick<Toast, "text" | "to"> = {}): void {
  last += 1;
  const others = all.filter((t) => t.title !== title || t.text !== more.text);
  put([...others.slice(1 - most), { id: last, kind, title, ...more }]);
}

/** What is told now. */
export const useToasts = (): readonly Toast[] =>
  useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => all,
  );
