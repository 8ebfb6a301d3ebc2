import { Card, Col, Row, Table, type TableColumnsType, Typography } from "antd";
import { useMemo } from "react";
import { useNavigate } from "react-router";
import { useSay, useWho } from "../../app/session";
import { callOf } from "../cases/cases";
import { Empty } from "../../parts/Empty";
import { type Board, nameOf, type OfProcess, type OfState, spent } from "./board";
import { listOf } from "./listed";
import { Count } from "./Numbers";
import { Plotted } from "./Plotted";
import { loads, timesOf } from "./plots";
import { words } from "./words";

/** What is open of each kind of case, how it stands and how long what has ended took. */
export function Processes({ board }: { board: Board }) {
  const t = useSay();
  const { language } = useWho();
  const go = useNavigate();
  const { process: all, state, whole, since } = board;
  const open = useMemo(() => all.filter((p) => p.open > 0), [all]);
  const done = useMemo(() => all.filter((p) => p.ended > 0), [all]);
  const load = useMemo(() => loads(open, language), [open, language]);
  const times = useMemo(() => timesOf(done, language), [done, language]);
  if (all.length === 0) return <Empty title={t(words.noneOpen)} why={t(words.noneOpenWhy)} />;
  const codeOf = (name: string) => all.find((p) => callOf(p, language) === name)?.process ?? "";
  const columns: TableColumnsType<OfProcess> = [
    { title: t(words.process), rowScope: "row", render: (_, p) => callOf(p, language) },
    { title: t(words.open), align: "right", render: (_, p) => <Count n={p.open} whole={whole} to={listOf({ process: p.process })} /> },
    { title: t(words.late), align: "right", render: (_, p) => <Count n={p.overdue} whole={whole} bad to={listOf({ process: p.process, due: "late" })} /> },
    { title: t(words.today), align: "right", render: (_, p) => <Count n={p.today} whole={whole} to={listOf({ process: p.process, due: "today" })} /> },
    { title: t(words.ended), align: "right", render: (_, p) => <Count n={p.ended} whole={whole} to={listOf({ process: p.process, ended: `${since}+` })} /> },
    { title: t(words.median), align: "right", className: "numbers", render: (_, p) => spent(p.median, language) || t(words.none) },
    { title: t(words.ninth), align: "right", className: "numbers", render: (_, p) => spent(p.p90, language) || t(words.none) },
  ];
  return (
    <section aria-labelledby="by-process">
      <Card>
        <Typography.Title level={2} id="by-process" style={{ marginBlockStart: 0 }}>{t(words.byProcess)}</Typography.Title>
        <Row gutter={[24, 24]}>
          {open.length > 0 && (
            <Col xs={24} xl={12}>
              <Typography.Title level={3}>{t(words.open)}</Typography.Title>
              <Plotted
                plot={load}
                label={t(words.loadChart)}
                onChoose={(name, series) => void go(listOf({ process: codeOf(name), ...(series === t(words.late) ? { due: "late" } : series === t(words.today) ? { due: "today" } : {}) }))}
              />
            </Col>
          )}
          {done.length > 0 && (
            <Col xs={24} xl={12}>
              <Typography.Title level={3}>{t(words.times)}</Typography.Title>
              <Plotted plot={times} label={t(words.timesChart)} onChoose={(name) => void go(listOf({ process: codeOf(name), ended: `${since}+` }))} />
            </Col>
          )}
        </Row>
        <Table<OfProcess> size="small" rowKey="process" columns={columns} dataSource={all} pagination={false} scroll={{ x: "max-content" }} style={{ marginBlockStart: 16 }} />
        {open.length > 0 && <States board={board} of={state.filter((s) => s.open > 0)} />}
      </Card>
    </section>
  );
}

function States({ board, of }: { board: Board; of: OfState[] }) {
  const t = useSay();
  const { language } = useWho();
  const called = (code: string) => {
    const known = board.process.find((p) => p.process === code);
    return known ? callOf(known, language) : code;
  };
  const columns: TableColumnsType<OfState> = [
    { title: t(words.process), rowScope: "rowgroup", onCell: (s, i) => ({ rowSpan: of[(i ?? 0) - 1]?.process === s.process ? 0 : of.filter((x) => x.process === s.process).length }), render: (_, s) => called(s.process) },
    { title: t(words.state), render: (_, s) => callOf(s, language) },
    { title: t(words.open), align: "right", render: (_, s) => <Count n={s.open} whole={board.whole} to={listOf({ process: s.process, state: [nameOf(s)] })} /> },
    { title: t(words.late), align: "right", render: (_, s) => <Count n={s.overdue} whole={board.whole} bad to={listOf({ process: s.process, state: [nameOf(s)], due: "late" })} /> },
  ];
  return (
    <>
      <Typography.Title level={3}>{t(words.states)}</Typography.Title>
      <Table<OfState> size="small" rowKey={nameOf} columns={columns} dataSource={of} pagination={false} scroll={{ x: "max-content" }} />
    </>
  );
}
