import { useEffect, useState } from "react";

const patience = 60; // seconds without a touch, until the page of the person before is gone
const warned = 20; // seconds of these at the end of which it is told

/** What is left, in seconds, of the time for which a page stays that nobody touches; undefined while that is long. */
export const leftOf = (last: number, now: number): number | undefined => {
  const left = Math.ceil(patience - (now - last) / 1000);
  return left <= warned ? Math.max(left, 0) : undefined;
};

/** Ends what nobody has touched for a minute, and says before how many seconds are left. */
export function useIdle(on: boolean, end: () => void): number | undefined {
  const [left, set] = useState<number>();
  useEffect(() => {
    if (!on) return;
    let last = Date.now();
    const touch = () => {
      last = Date.now();
      set(undefined);
    };
    const timer = setInterval(() => {
      const now = leftOf(last, Date.now());
      set(now);
      if (now === 0) end();
    }, 1000);
    const events = ["pointerdown", "keydown"] as const;
    for (const name of events) window.addEventListener(name, touch);
    return () => {
      set(undefined);
      clearInterval(timer);
      for (const name of events) window.removeEventListener(name, touch);
    };
  }, [on, end]);
  return left;
}
