import { useSay } from "../../app/session";
import { useTimes } from "../../parts/times";
import type { Place } from "./cases";
import { words } from "./words";

/** By when somebody has to act, in words; late ones are marked, not by colour alone. */
export function Deadline({ place }: { place: Pick<Place, "deadline" | "late"> }) {
  const t = useSay();
  const times = useTimes();
  if (!place.deadline) return <span className="quiet">{t(words.noDeadline)}</span>;
  return (
    <span title={times.time(place.deadline)}>
      {place.late ? <span className="tag bad">{times.left(place.deadline)}</span> : times.left(place.deadline)}
    </span>
  );
}
