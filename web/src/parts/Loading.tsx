import { useSay } from "../app/session";
import { words } from "./words";

/** The shape of what is coming. */
export function Loading({ rows = 4 }: { rows?: number }) {
  const t = useSay();
  return <div className="coming" role="status" aria-label={t(words.loading)}>{Array.from({ length: rows }, (_, i) => <i key={i} />)}</div>;
}
