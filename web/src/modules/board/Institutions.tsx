import { Card, Flex, Select, Typography } from "antd";
import { useMemo, useState } from "react";
import { Link, useNavigate } from "react-router";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { type Column, Rows } from "../../parts/Rows";
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
  const columns: Column<OfInstitution>[] = [
    { key: "institution", words: words.institution, text: (i) => i.called ?? t(words.unnamed), show: (i) => <Link to={`/record/${i.institution}`}>{i.called ?? t(words.unnamed)}</Link> },
    { key: "open", words: words.open, numbers: true, text: (i) => String(i.open), order: (i) => i.open, show: (i) => <Count n={i.open} whole={whole} to={listOf(of(i))} /> },
    { key: "late", words: words.late, numbers: true, text: (i) => String(i.overdue), order: (i) => i.overdue, show: (i) => <Count n={i.overdue} whole={whole} bad to={listOf({ ...of(i), due: "late" })} /> },
    { key: "ended", words: words.ended, numbers: true, text: (i) => String(i.ended), order: (i) => i.ended, show: (i) => <Count n={i.ended} whole={whole} to={listOf({ ...of(i), ended: since })} /> },
    { key: "median", words: words.median, numbers: true, text: (i) => spent(i.median, language) || t(words.none), order: (i) => i.median ?? -1 },
    { key: "ninth", words: words.ninth, numbers: true, text: (i) => spent(i.p90, language) || t(words.none), order: (i) => i.p90 ?? -1 },
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
        {all.length > 0 && <Rows name="by-institution" label={t(words.byInstitution)} columns={columns} rows={all} rowKey={(i) => i.institution} page={20} empty={null} />}
      </Card>
    </section>
  );
}
