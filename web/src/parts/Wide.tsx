import type { ReactNode } from "react";

/** What may be wider than the page: it scrolls inside itself, by keyboard too. */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return <div role="group" aria-label={label} tabIndex={0} className="wide">{children}</div>;
}
