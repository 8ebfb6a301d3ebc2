import { useEffect, useState } from "react";
import { flushSync } from "react-dom";

/** When the page was sent to the printer, while it is being printed; undefined otherwise. */
export function usePrinting(): Date | undefined {
  const [since, setSince] = useState<Date>();
  useEffect(() => {
    const begin = () => flushSync(() => setSince(new Date())); // what is printed is what stands there when the event is over
    const end = () => setSince(undefined);
    window.addEventListener("beforeprint", begin);
    window.addEventListener("afterprint", end);
    return () => {
      window.removeEventListener("beforeprint", begin);
      window.removeEventListener("afterprint", end);
    };
  }, []);
  return since;
}
