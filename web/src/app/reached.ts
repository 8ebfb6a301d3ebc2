import { useSyncExternalStore } from "react";
import { settings } from "../api/http";

let is = true;
const listeners = new Set<() => void>();

function set(now: boolean) {
  if (now === is) return;
  is = now;
  for (const tell of listeners) tell();
}

settings.reached = set;
if (typeof window !== "undefined") {
  window.addEventListener("offline", () => set(false));
  window.addEventListener("online", () => set(true));
}

/** Whether the server was reached the last time that it was asked. */
export function useReached(): boolean {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => is,
  );
}
