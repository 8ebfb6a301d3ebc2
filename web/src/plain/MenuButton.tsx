import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "./Button";

/** A button that opens a menu (WAI-ARIA menu button): arrows, Home and End go through it, Esc closes it and leads back. */
export function MenuButton({ label, face, children }: { label?: string | undefined; face: ReactNode; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const items = () => [...(box.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    items()[0]?.focus();
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    const events = ["pointerdown", "focusin"] as const;
    for (const name of events) document.addEventListener(name, away);
    return () => {
      for (const name of events) document.removeEventListener(name, away);
    };
  }, [open]);
  const press = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (open && event.key === "Escape") close();
    else if (open && to !== undefined) all.at(to % all.length)?.focus();
    else if (!open && event.key === "ArrowDown") setOpen(true);
    else return;
    event.preventDefault();
  };
  return (
    <div className="menu" ref={box} onKeyDown={press}>
      <Button ref={button} type="text" className="narrow" aria-haspopup="menu" aria-expanded={open} aria-label={label} onClick={() => setOpen(!open)}>{face}</Button>
      {open && <div role="menu" aria-label={label} onClick={(event) => event.target instanceof Element && event.target.closest('[role="menuitem"]') && close()}>{children}</div>}
    </div>
  );
}
