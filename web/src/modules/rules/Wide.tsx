import type { ReactNode } from "react";

/** Room for a table that may be wider than the screen: it scrolls inside itself, by the keyboard too. */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return <div role="region" aria-label={label} tabIndex={0} style={{ overflowX: "auto" }}>{children}</div>;
}
