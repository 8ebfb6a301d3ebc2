import { useEffect, useRef } from "react";
import { aloud, hush } from "../../parts/aloud";
import { type Speech, unsaid } from "./wall";

/** Speaks each call once, as long as it is switched on, in Chinese and then in English; what was called before that is not said. */
export function useVoice(all: readonly Speech[] | undefined, on: boolean): void {
  const said = useRef<Set<string>>(undefined);
  useEffect(() => {
    if (!on) {
      said.current = undefined;
      hush();
      return;
    }
    if (!all) return;
    for (const { zh, en } of said.current ? unsaid(all, said.current) : []) {
      aloud(zh, "zh-CN");
      aloud(en, "en");
    }
    said.current = new Set(all.map((s) => s.id)); // older ones do not come again
  }, [all, on]);
}
