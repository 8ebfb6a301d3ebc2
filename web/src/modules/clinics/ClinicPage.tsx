import { ArrowLeftOutlined } from "@ant-design/icons";
import { Flex, Input, Progress, Tag, Typography } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Pairs } from "../../parts/Pairs";
import { Part } from "../../parts/Part";
import { type Column, Rows } from "../../parts/Rows";
import { dateOf, dayAt } from "../../words/dates";
import { dayAfter } from "../calendar/days";
import { type Segment, standingOf } from "../booking/booking";
import { spanOf } from "../booking/times";
import { type Clinic, sessionOf, useClinics, useUse } from "./clinics";
import { MoveForm } from "./MoveForm";
import { StopForm } from "./StopForm";
import { Stops } from "./Stops";
import { weekdays, words } from "./words";

/** A clinic: how it takes place, how its places are used on a day, and how it is stopped. */
export default function ClinicPage() {
  const { id = "" } = useParams();
  const t = useSay();
  const found = useClinics(id);
  const clinic = found.data?.[0];
  return (
    <Flex vertical gap={16}>
      <div><LinkButton type="link" to="/clinics" icon={<ArrowLeftOutlined aria-hidden />}>{t(words.back)}</LinkButton></div>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{clinic ? `${clinic.department.display} ${clinic.doctor?.display ?? ""}`.trim() : t(words.title)}</Typography.Title>
        {clinic && (
          <Flex gap="small" wrap className="no-print">
            {clinic.draw && <LinkButton to={`/draws/${id}`}>{t(words.draws)}</LinkButton>}
            <LinkButton to={`/clinics/${id}/change`}>{t(words.change)}</LinkButton>
          </Flex>
        )}
      </Flex>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={10} />}
      {clinic && (
        <>
          <Standing of={clinic} />
          <Use of={clinic} />
          <Part title={t(words.moveTitle)}><MoveForm id={id} of={clinic} /></Part>
          <Part title={t(words.stopTitle)}><StopForm id={id} /></Part>
          <Part title={t(words.stops)}><Stops id={id} of={clinic} /></Part>
        </>
      )}
    </Flex>
  );
}

function Standing({ of: c }: { of: Clinic }) {
  const t = useSay();
  const { language } = useWho();
  return (
    <Part title={t(words.pattern)}>
      <Flex vertical gap={12}>
        <ul style={{ margin: 0, paddingInlineStart: 20 }}>{c.session.map((s, i) => <li key={i}>{sessionOf(s, language)}</li>)}</ul>
        <Pairs
          of={[
            [t(words.from), dateOf(c.from, language)], [t(words.to), c.to ? dateOf(c.to, language) : t(words.ends)], [t(words.segmentLabel), t(words.minutes, c.segment)],
            [t(words.ahead), t(words.aheadAt, c.ahead, c.opens)], [t(words.draw), c.draw ? t(words.drawYes, c.enter ?? 24) : ""], [t(words.price), c.price === undefined ? "" : t(words.yuan, c.price)],
            [t(words.makeup), t(c.makeup ? words.makeupAs : words.makeupNone, c.makeup ? t(weekdays[c.makeup]) : "")],
          ]}
        />
      </Flex>
    </Part>
  );
}

/** How many places of each segment of a day are taken. */
function Use({ of }: { of: Clinic }) {
  const t = useSay();
  const today = dayAt(new Date());
  const [day, choose] = useState(today);
  const found = useUse(of, day);
  const state = (s: Segment) => t({ free: words.open, full: words.full, draw: words.toDraw, closed: words.later, stopped: words.stopped, none: words.full }[standingOf(s)]);
  const percent = (s: Segment) => Math.round(((s.booked ?? 0) / Math.max(s.total, 1)) * 100);
  const columns: Column<Segment>[] = [
    { key: "time", words: words.time, numbers: true, text: spanOf },
    { key: "booked", words: words.booked, numbers: true, text: (s) => `${s.booked ?? 0} / ${s.total}` },
    {
      key: "rate", words: words.rate, numbers: true, text: (s) => t(words.share, percent(s)),
      show: (s) => <Flex gap="small" align="center"><Progress percent={percent(s)} showInfo={false} size="small" style={{ width: 120, margin: 0 }} aria-label={t(words.rate)} />{t(words.share, percent(s))}</Flex>,
    },
    { key: "state", words: words.state, few: true, text: state, show: (s) => <Tag variant="outlined" color={standingOf(s) === "stopped" ? "error" : standingOf(s) === "free" ? "success" : "default"}>{state(s)}</Tag> },
  ];
  const bar = (
    <Flex gap={4} align="center">
      <label htmlFor="use-day">{t(words.day)}</label>
      <Input id="use-day" type="date" value={day} min={today} max={dayAfter(today, of.ahead + 1)} onChange={(e) => choose(e.target.value || today)} style={{ width: "auto" }} />
    </Flex>
  );
  return (
    <Part title={t(words.use)}>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <>{bar}<Loading rows={6} /></>}
      {found.data && <Rows name="clinic-use" label={t(words.useTable)} columns={columns} rows={found.data} rowKey={(s) => s.slot} bar={bar} empty={<Empty title={t(words.noUse)} why={t(words.noUseWhy)} />} />}
    </Part>
  );
}
