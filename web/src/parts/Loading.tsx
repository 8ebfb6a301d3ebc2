import { Skeleton } from "antd";
import { useSay } from "../app/session";
import { words } from "./words";

/** The shape of what is coming. */
export function Loading({ rows = 4 }: { rows?: number }) {
  const t = useSay();
  return (
    <div role="status" aria-label={t(words.loading)}>
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  );
}
