import { Button, Card, Flex, Input, Table, Typography } from "antd";
import { useState } from "react";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { useWide } from "../../plain/screen";
import { dayAt, dayOf } from "../../words/dates";
import { useMove, type Visit } from "../booking/booking";
import { spanOf } from "../booking/times";
import { VisitState } from "../booking/VisitCard";
import { Arrived } from "./Arrived";
import { booked, byDepartment, useOfDay } from "./visits";
import { words } from "./words";

/** Who comes on a day, by department; who has come is checked in. */
export default function Today() {
  const t = useSay();
  const [day, choose] = useState(() => dayAt(new Date()));
  const [typed, type] = useState("");
  const found = useOfDay(day);
  const all = found.data?.visit ?? [];
  const shown = byDepartment(all, typed);
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <LinkButton type="primary" to="/visits/book" className="no-print">{t(words.book)}</LinkButton>
      </Flex>
      <Typography.Text type="secondary">{t(words.why)}</Typography.Text>
      <Flex gap="8px 16px" wrap align="center" className="no-print">
        <Flex gap={8} align="center">
          <label htmlFor="visits-day">{t(words.day)}</label>
          <Input id="visits-day" type="date" value={day} onChange={(e) => choose(e.target.value || dayAt(new Date()))} style={{ width: "auto" }} />
        </Flex>
        <Input type="search" allowClear aria-label={t(words.find)} placeholder={t(words.find)} value={typed} onChange={(e) => type(e.target.value)} style={{ flex: "0 1 240px" }} />
      </Flex>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={8} />}
      {found.data && all.length === 0 && <Empty title={t(words.none)} why={t(words.noneWhy)} />}
      {all.length > 0 && shown.length === 0 && <Empty title={t(words.nobody)} />}
      {found.data?.whole === false && <Typography.Text type="warning">{t(words.cut)}</Typography.Text>}
      {shown.map((d) => <Part key={d.reference} title={t(words.came, d.name, d.came, d.visits.length)}><Visits of={d.visits} label={d.name} /></Part>)}
    </Flex>
  );
}

/** The visits in a table; on a phone one below the other, so that what can be done is in sight. */
function Visits({ of, label }: { of: readonly Visit[]; label: string }) {
  const t = useSay();
  const wide = useWide("small");
  const today = dayAt(new Date());
  const move = useMove();
  const [shown, show] = useState<Visit>();
  const arrive = (v: Visit) => move.mutate({ id: v.appointment.reference.split("/")[1] ?? "", move: "arrive" }, { onSuccess: () => show(v) });
  const busy = (v: Visit) => move.isPending && v.appointment.reference.endsWith(`/${move.variables?.id}`);
  const does = (v: Visit) =>
    dayOf(v.start) === today && (v.status === "booked" ? (
      <Button size="small" type="primary" loading={busy(v)} aria-label={t(words.arriveOf, v.patient.display)} onClick={() => arrive(v)}>{t(words.arrive)}</Button>
    ) : v.status === "arrived" && (
      <Button size="small" aria-label={t(words.ticketOf, v.patient.display)} onClick={() => show(v)}>{t(words.ticket)}</Button>
    ));
  const by = (v: Visit) => v.doctor?.display ?? t(words.whole);
  return (
    <Flex vertical gap="small">
      {move.error && <Failed error={move.error} />}
      {!wide && (
        <ul className="stack bare" aria-label={label}>
          {of.map((v) => (
            <li key={v.appointment.reference}>
              <Card size="small">
                <Flex justify="space-between" align="center" gap="4px 12px" wrap>
                  <Flex gap="0 12px" wrap align="baseline"><strong className="numbers">{spanOf(v)}</strong><strong>{v.patient.display}</strong></Flex>
                  <VisitState of={v} />
                  <Typography.Text type="secondary">{by(v)} · {t(booked[v.channel])}</Typography.Text>
                  {does(v)}
                </Flex>
              </Card>
            </li>
          ))}
        </ul>
      )}
      {wide && <Table<Visit>
        size="small"
        aria-label={label}
        rowKey={(v) => v.appointment.reference}
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={[...of]}
        columns={[
          { title: t(words.time), className: "numbers", render: (_, v) => spanOf(v) },
          { title: t(words.name), render: (_, v) => <strong>{v.patient.display}</strong> },
          { title: t(words.doctor), render: (_, v) => by(v) },
          { title: t(words.channel), render: (_, v) => t(booked[v.channel]) },
          { title: t(words.state), render: (_, v) => <VisitState of={v} /> },
          { title: t(words.act), render: (_, v) => does(v) },
        ]}
      />}
      {shown && <Arrived of={shown} onClose={() => show(undefined)} />}
    </Flex>
  );
}
