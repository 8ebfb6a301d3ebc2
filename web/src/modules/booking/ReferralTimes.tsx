import { Button, Flex } from "antd";
import { useEffect, useMemo, useState } from "react";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { dayAt, dayOf } from "../../words/dates";
import { firstDay, type Segment } from "./booking";
import { daysOf, suiting, useForReferral } from "./referred";
import { Segments } from "./Segments";
import { Week } from "./Week";
import { words } from "./words";

interface ReferralTimesProps {
  department: string;
  post?: string; // of the doctor who was chosen, "" for none
  chosen: string; // the Slot, "" for none
  stale?: unknown; // whenever it changes to something, the times are asked for anew
  onChoose: (segment: Segment) => void;
}

/** Chooses among the next times of a department that can be booked for a referral: the day, then the time. */
export function ReferralTimes({ department, post = "", chosen, stale, onChoose }: ReferralTimesProps) {
  const t = useSay();
  const found = useForReferral(department);
  const { refetch } = found;
  const [wanted, want] = useState("");
  useEffect(() => {
    if (stale) void refetch();
  }, [stale, refetch]);
  const all = useMemo(() => suiting(found.data?.pages.flatMap((p) => p.segment) ?? [], post), [found.data, post]);
  if (found.isPending) return <Loading rows={4} />;
  if (found.error) return <Failed error={found.error} again={() => void refetch()} />;
  const days = daysOf(all);
  const day = days.some((d) => d.date === wanted) ? wanted : firstDay(days, dayAt(new Date()));
  const later = found.hasNextPage && (
    <div><Button loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{t(words.laterTimes)}</Button></div>
  );
  return (
    <Flex vertical gap={12}>
      {all.length === 0 ? (
        <Empty title={t(words.noReferral)} why={t(words.noReferralWhy)} />
      ) : (
        <>
          <Week some days={days} value={day} onChange={want} />
          {later}
          <Segments bare of={all.filter((s) => dayOf(s.start) === day)} busy="" chosen={chosen} onChoose={onChoose} />
        </>
      )}
      {all.length === 0 && later}
    </Flex>
  );
}
