import { createContext, type ReactNode, Suspense, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { useRemembered } from "../../parts/remember";
import { dressed } from "../dressed";
import { placesOf } from "../places";
import { useActing, useSay } from "../session";
import { type Key, typed } from "./typed";
import { words } from "./words";

const KeyHelp = dressed(() => import("./KeyHelp"));

/** What is known of the keys of all pages. */
interface Board {
  on: boolean; // whether single keys do things
  help: () => void; // shows what they do
  add: (keys: readonly Key[]) => () => void;
}

const Known = createContext<Board>({ on: false, help: () => {}, add: () => () => {} });

/** Whether single keys do things, and the way to their help. */
export const useKeyboard = (): Pick<Board, "on" | "help"> => useContext(Known);

/** Lets keys do things as long as the page is there; the same list means the same keys. */
export function useKeys(keys: readonly Key[], on = true): void {
  const { add } = useContext(Known);
  useEffect(() => (on ? add(keys) : undefined), [add, keys, on]);
}

const soon = 1500; // ms for the second of two keys

const typing = 'input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable="true"]';
const own = '[role="combobox"], [role="menu"], [role="dialog"], dialog'; // which have keys of their own

/** Whether a key belongs to what has the focus: to a text, a menu that is open, a dialog. */
const taken = (target: EventTarget | null): boolean => target instanceof Element && target.closest(`${typing}, ${own}`) !== null;

/**
 * Listens to single keys for all pages, as long as they are on and nobody types (WCAG 2.1.4); g and another one go to a place, ? shows
 * all.
 */
export function Keyboard({ children }: { children: ReactNode }) {
  const t = useSay();
  const go = useNavigate();
  const { role } = useActing();
  const [on, turn] = useRemembered("keys", true);
  const [open, setOpen] = useState(false);
  const pages = useRef<(readonly Key[])[]>([]);
  const everywhere = useMemo<Key[]>(
    () => [
      { key: "?", called: t(words.help), does: () => setOpen(true) },
      ...placesOf(role)
        .filter((p) => p.key)
        .map((p) => ({ key: `g ${p.key}`, called: t(words.goTo, t(p.words)), does: () => void go(`/${p.path}`) })),
    ],
    [t, go, role],
  );
  const add = useCallback((keys: readonly Key[]) => {
    pages.current = [...pages.current, keys];
    return () => {
      pages.current = pages.current.filter((k) => k !== keys);
    };
  }, []);
  useEffect(() => {
    if (!on || open) return;
    let [before, at] = ["", 0];
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Shift" || taken(event.target)) return;
      const { does, pending } = typed([everywhere, ...pages.current], event.timeStamp - at < soon ? before : "", event.key);
      [before, at] = [pending, event.timeStamp];
      if (!does && !pending) return;
      event.preventDefault();
      does?.();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [on, open, everywhere]);
  const board = useMemo(() => ({ on, help: () => setOpen(true), add }), [on, add]);
  return (
    <Known.Provider value={board}>
      {children}
      {open && (
        <Suspense>
          <KeyHelp here={pages.current.flat()} everywhere={everywhere} on={on} onChange={turn} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Known.Provider>
  );
}
