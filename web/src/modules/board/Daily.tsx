import { Card, Collapse, Table, type TableColumnsType, Typography } from "antd";
import { useMemo } from "react";
import { useNavigate } from "react-router";
import { useSay, useWho } from "../../app/session";
import { dateOf, dayOf } from "../../words/dates";
import { around, type Board, type OfDay } from "./board";
import { listOf } from "./listed";
import { Count } from "./Numbers";
import { Plotted } from "./Plotted";
import { daily } from "./plots";
import { words } from "./words";

const back = 30; // days that are shown, today included
const ahead = 14;

/** What begins and ends day by day, and what will fall due. */
export function Daily({ board }: { board: Board }) {
  const t = useSay();
  const { language } = useWho();
  const go = useNavigate();
  const today = dayOf(board.at);
  const days = useMemo(() => around(board, today, back, ahead), [board, today]);
  const plot = useMemo(() => daily(days, today, language), [days, today, language]);
  const busy = days.filter((d) => d.begun + d.ended + d.due > 0).reverse();
  if (busy.length === 0) return null;
  const columns: TableColumnsType<OfDay> = [
    { title: t(words.day), rowScope: "row", className: "numbers", render: (_, d) => dateOf(d.day, language) },
    { title: t(words.begun), align: "right", render: (_, d) => <Count n={d.begun} whole={board.whole} to={listOf({ begun: d.day })} /> },
    { title: t(words.ended), align: "right", render: (_, d) => <Count n={d.ended} whole={board.whole} to={listOf({ ended: d.day })} /> },
    { title: t(words.due), align: "right", render: (_, d) => <Count n={d.due} whole={board.whole} to={listOf({ due: d.day === today ? "today" : d.day })} /> },
  ];
  const choose = (name: string, series: string) => {
    const day = days[plot.names.indexOf(name)]?.day;
    if (day) void go(listOf(series === t(words.begun) ? { begun: day } : series === t(words.ended) ? { ended: day } : { due: day === today ? "today" : day }));
  };
  return (
    <section aria-labelledby="daily">
      <Card>
        <Typography.Title level={2} id="daily" style={{ marginBlockStart: 0 }}>{t(words.daily)}</Typography.Title>
        <Plotted plot={plot} label={t(words.dailyChart, back, ahead)} onChoose={choose} />
        <Collapse
          ghost
          items={[{
            key: "table",
            label: t(words.dailyTable),
            children: <Table<OfDay> size="small" rowKey="day" columns={columns} dataSource={busy} pagination={false} scroll={{ x: "max-content" }} />,
          }]}
        />
      </Card>
    </section>
  );
}
