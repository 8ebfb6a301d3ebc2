import { Tag, Typography } from "antd";
import { useSay } from "../../app/session";
import { useTimes } from "../../parts/times";
import type { Place } from "./cases";
import { words } from "./words";

/** By when somebody has to act, in words; late ones are marked, not by colour alone. */
export function Deadline({ place }: { place: Pick<Place, "deadline" | "late"> }) {
  const t = useSay();
  const times = useTimes();
  if (!place.deadline) return <Typography.Text type="secondary">{t(words.noDeadline)}</Typography.Text>;
  return (
    <span title={times.time(place.deadline)}>
      {place.late ? <Tag color="error" variant="solid">{times.left(place.deadline)}</Tag> : times.left(place.deadline)}
    </span>
  );
}
