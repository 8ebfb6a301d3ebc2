import { ArrowLeftOutlined } from "@ant-design/icons";
import { Alert, Flex, Typography } from "antd";
import { useState } from "react";
import { Navigate, useNavigate, useSearchParams } from "react-router";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { dayAt } from "../../words/dates";
import { firstDay, isAhead, type Segment, standingOf, useDays, useSegments, useTake, useVisits, type Visit } from "./booking";
import { Enter } from "./Enter";
import { Segments } from "./Segments";
import { spanOf, useWhen } from "./times";
import { Wait } from "./Wait";
import { Week } from "./Week";
import { words } from "./words";

/** The times of a department: a strip of days, and what is free on one of them. A tap holds a place, or changes to it what is booked. */
export default function Find() {
  const t = useSay();
  const go = useNavigate();
  const when = useWhen();
  const [asked] = useSearchParams();
  const department = asked.get("department") ?? "";
  const change = asked.get("change") ?? "";
  const [chosen, choose] = useState("");
  const days = useDays(department);
  const mine = useVisits();
  const day = chosen || (days.data ? firstDay(days.data.day, dayAt(new Date()), asked.get("day") ?? "") : "");
  const segments = useSegments(department, "", day);
  const take = useTake();
  const standing = standingOf(days.data?.day.find((d) => d.date === day));
  const held = mine.data?.visit.find((v) => v.status === "pending" && isAhead(v, Date.now()) && v.department.reference === department);
  const old = mine.data?.visit.find((v) => v.appointment.reference === `Appointment/${change}`) ?? held;

  function book(segment: Segment) {
    const id = old?.appointment.reference.split("/")[1];
    take.mutate({ slot: segment.slot, change: id }, {
      onSuccess: (r) => void go(`/booking/visits/${r.id}`, { replace: Boolean(change) }),
    });
  }

  if (department === "") return <Navigate to="/booking" replace />;
  return (
    <Flex vertical gap={16}>
      <div><LinkButton type="link" to={change ? `/booking/visits/${change}` : "/booking"} icon={<ArrowLeftOutlined aria-hidden />}>{t(change ? words.back : words.toStart)}</LinkButton></div>
      <div>
        <Typography.Title level={1} style={{ margin: 0 }}>{days.data?.department.display ?? t(words.chooseTime)}</Typography.Title>
        {days.data && <Typography.Text type="secondary">{days.data.institution.display}</Typography.Text>}
      </div>
      {old && <Old of={old} change={change !== ""} />}
      {days.error && <Failed error={days.error} again={() => void days.refetch()} />}
      {days.isPending && <Loading rows={3} />}
      {days.data?.day.length === 0 && <Empty title={t(words.noDay)} why={t(words.noDayWhy)} />}
      {days.data && days.data.day.length > 0 && (
        <>
          <Week days={days.data.day} value={day} onChange={(d) => { choose(d); take.reset(); }} />
          <Typography.Text strong role="status">{when.day({ start: day })}</Typography.Text>
          {take.error && <Flex vertical gap={4}><Failed error={take.error} /><Typography.Text>{t(words.others)}</Typography.Text></Flex>}
          {segments.error && <Failed error={segments.error} again={() => void segments.refetch()} />}
          {segments.isPending && <Loading rows={6} />}
          {segments.data?.length === 0 && <Empty title={t(words.noSegment)} why={t(words.noSegmentWhy)} />}
          {standing === "draw" && segments.data && <Enter key={day} day={day} of={segments.data} />}
          {segments.data && <Segments of={segments.data.filter((s) => standingOf(s) !== "draw")} busy={take.isPending ? (take.variables?.slot ?? "") : ""} onChoose={book} />}
          {standing === "full" && !old && <Wait key={day} department={department} day={day} last={days.data.day.some((d) => standingOf(d) === "free") ? "" : (days.data.day.at(-1)?.date ?? day)} mine={mine.data?.wish ?? []} />}
        </>
      )}
    </Flex>
  );
}

/** What gives way to the choice. */
function Old({ of, change }: { of: Visit; change: boolean }) {
  const t = useSay();
  const when = useWhen();
  const what = `${when.day(of)} ${spanOf(of)}`;
  return (
    <Alert
      type={change ? "info" : "warning"}
      showIcon
      title={t(change ? words.changing : words.holding, what)}
      action={!change && <LinkButton size="small" to={`/booking/visits/${of.appointment.reference.split("/")[1]}`}>{t(words.goOn)}</LinkButton>}
    />
  );
}
