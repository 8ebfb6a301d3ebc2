import { useEffect } from "react";

/** What single keys do on a page. */
export type Keys = Record<string, () => void>;

/** Whether a key belongs to what has the focus: to a text, a menu, a dialog. */
function taken(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable="true"], [role="combobox"], [role="menu"], [role="dialog"]') !== null;
}

/** Lets single keys do things on a page, as long as they are on and nobody types (WCAG 2.1.4). */
export function useKeys(keys: Keys, on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      const does = keys[event.key];
      if (!does || event.ctrlKey || event.metaKey || event.altKey || taken(event.target)) return;
      event.preventDefault();
      does();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [keys, on]);
}
