import { usePrinting } from "../parts/printing";
import { dateOf } from "../words/dates";
import { useActing, useSay, useWho } from "./session";
import { words } from "./words";

/** The head of what is printed, and of nothing else: which platform, about whom, by whom and when. */
export function PrintHead() {
  const t = useSay();
  const { called = "", language } = useWho();
  const { role, where } = useActing();
  const at = usePrinting() ?? new Date();
  const about = role === "resident" ? t(words.printedAbout, called) : role === "proxy" && where ? t(words.printedAbout, where) : where;
  const told = [about, t(words.printedBy, called), t(words.printedAt, dateOf(at.toISOString(), language))].filter(Boolean);
  return (
    <div className="print-only print-head">
      <strong>{t(words.product)}</strong>
      {told.map((text) => <span key={text}>{text}</span>)}
    </div>
  );
}
