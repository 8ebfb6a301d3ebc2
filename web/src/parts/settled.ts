import { useEffect, useState } from "react";

const pause = 350; // ms without a key

/** What was typed, once nobody has typed for a moment: what is looked for by it is asked for then, as each look is on record. */
export function useSettled(typed: string): string {
  const [settled, settle] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => settle(typed), pause);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}
