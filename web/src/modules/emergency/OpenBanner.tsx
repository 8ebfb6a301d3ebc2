import { Alert } from "antd";
import type { Resource } from "../../api/fhir";
import { useActing, useSay, useWho } from "../../app/session";
import { useTimes } from "../../parts/times";
import { openUntil, usePermits } from "./emergency";
import { words } from "./words";

/** Tells that a resident's record is open by emergency access, and until when; whole says that all of it is loaded. */
export function OpenBanner({ patient, loaded, whole }: { patient: Resource; loaded: Resource[]; whole: boolean }) {
  const t = useSay();
  const times = useTimes();
  const acting = useActing();
  const { person } = useWho();
  const asked = usePermits(patient, whole, acting, person);
  const until = openUntil([...loaded, ...(asked.data ?? [])], person, acting.role, Date.now());
  if (!until) return null;
  return <Alert type="warning" showIcon title={t(words.banner, times.time(until), times.left(until))} description={t(words.bannerWhy)} />;
}
