import { useSyncExternalStore } from "react";

/** From which width of the window on, in pixels, more fits beside each other. */
export const widths = { small: 576, middle: 768, wide: 992 } as const;

/** Whether the window is as wide as that. */
export function useWide(width: keyof typeof widths): boolean {
  const query = `(min-width: ${widths[width]}px)`;
  return useSyncExternalStore(
    (tell) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", tell);
      return () => list.removeEventListener("change", tell);
    },
    () => window.matchMedia(query).matches,
  );
}
