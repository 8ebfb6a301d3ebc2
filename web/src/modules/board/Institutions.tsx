import { Card, Flex, Select, Table, type TableColumnsType, Typography } from "antd";
import { useMemo, useState } from "react";
import { Link, useNavigate } from "react-router";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { callOf } from "../cases/cases";
import { type Board, type OfInstitution, spent, useBoard } from "./board";
import { listOf } from "./listed";
import { Count } from "./Numbers";
import { Plotted } from "./Plotted";
import { timesAt } from "./plots";
import { words } from "./words";

const drawn = 12; // institutions that a chart has room for, the slowest

/** How the institutions do, for the regulator: of all cases, or of one kind. */
export function Institutions({ board }: { board: Board }) {
  const t = useSay();
  const { language } = useWho();
  const go = useNavigate();
  const [process, choose] = useState("");
  const found = useBoard(process);
  const all = useMemo(() => [...(found.data?.institution ?? [])].sort((a, b) => b.overdue - a.overdue || b.open - a.open || (b.p90 ?? 0) - (a.p90 ?? 0)), [found.data]);
  const slowest = useMemo(() => all.filter((i) => i.median !== undefined).sort((a, b) => (b.p90 ?? 0) - (a.p90 ?? 0)).slice(0, drawn), [all]);
  const plot = useMemo(() => timesAt(slowest, language), [slowest, language]);
  const whole = found.data?.whole ?? true;
  const of = (i: OfInstitution) => ({ institution: i.institution, ...(process && { process }) });
  const since = `${board.since}+`;
  const columns: TableColumnsType<OfInstitution> = [
    { title: t(words.institution), rowScope: "row", render: (_, i) => <Link to={`/record/${i.institution}`}>{i.called ?? t(words.unnamed)}</Link> },
    { title: t(words.open), align: "right", render: (_, i) => <Count n={i.open} whole={whole} to={listOf(of(i))} /> },
    { title: t(words.late), align: "right", render: (_, i) => <Count n={i.overdue} whole={whole} bad to={listOf({ ...of(i), due: "late" })} /> },
    { title: t(words.ended), align: "right", render: (_, i) => <Count n={i.ended} whole={whole} to={listOf({ ...of(i), ended: since })} /> },
    { title: t(words.median), align: "right", className: "numbers", render: (_, i) => spent(i.median, language) || t(words.none) },
    { title: t(words.ninth), align: "right", className: "numbers", render: (_, i) => spent(i.p90, language) || t(words.none) },
  ];
  return (
    <section aria-labelledby="by-institution">
      <Card>
        <Flex justify="space-between" align="center" wrap gap="small">
          <Typography.Title level={2} id="by-institution" style={{ marginBlockStart: 0 }}>{t(words.byInstitution)}</Typography.Title>
          <Select
            aria-label={t(words.process)}
            value={process}
            onChange={choose}
            style={{ minWidth: 200, maxWidth: "100%" }}
            options={[{ value: "", label: t(words.allProcesses) }, ...board.process.map((p) => ({ value: p.process, label: callOf(p, language) }))]}
          />
        </Flex>
        {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
        {found.isPending && <Loading rows={4} />}
        {found.data && all.length === 0 && <Typography.Text type="secondary">{t(words.noInstitution)}</Typography.Text>}
        {slowest.length > 0 && (
          <Plotted
            plot={plot}
            label={t(words.institutionChart)}
            onChoose={(name) => {
              const at = slowest[plot.names.indexOf(name)];
              if (at) void go(listOf({ ...of(at), ended: since }));
            }}
          />
        )}
        {all.length > 0 && <Table<OfInstitution> size="small" rowKey="institution" columns={columns} dataSource={all} pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: "max-content" }} style={{ marginBlockStart: 16 }} />}
      </Card>
    </section>
  );
}
