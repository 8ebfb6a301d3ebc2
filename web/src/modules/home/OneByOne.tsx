import { useState } from "react";
import { useSay } from "../../app/session";
import { LinkButton } from "../../parts/LinkButton";
import { Button } from "../../plain/Button";
import { idOf, type Place } from "../cases/cases";
import { Matter } from "../cases/Matter";
import { words } from "./words";

/** What waits, one thing at a time: one does it, looks at the next, or puts all off. */
export function OneByOne({ waiting, onLater }: { waiting: Place[]; onLater: () => void }) {
  const t = useSay();
  const [at, setAt] = useState(0);
  const one = waiting[at % waiting.length];
  if (!one) return null;
  return (
    <section className="stack">
      <h2>{t(words.waitsFor, waiting.length)}</h2>
      {waiting.length > 1 && <span role="status">{t(words.page, (at % waiting.length) + 1, waiting.length)}</span>}
      <Matter place={one} />
      <LinkButton type="primary" block to={`/cases/${idOf(one.case)}`}>{t(words.doNow)}</LinkButton>
      {waiting.length > 1 && <Button block onClick={() => setAt(at + 1)}>{t(words.next1)}</Button>}
      <Button block type="text" onClick={onLater}>{t(words.later)}</Button>
    </section>
  );
}
