import { Table, Tag, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { dateOf } from "../../words/dates";
import { caseOf, type Line, regionOf, type Row, type Rule, standingOf, titleOf, valueOf } from "./rules";
import { Wide } from "./Wide";
import { words } from "./words";

interface RowTableProps {
  rule: Rule;
  rows: (Line & Partial<Pick<Row, "row">>)[];
  day: string; // by which it is told what is in force; "" for not at all
}

/** The cells of a row in words, in the order of the columns that every table of rows has. */
function useColumns(rule: Rule) {
  const t = useSay();
  const { language } = useWho();
  const day = (said: string) => (said ? dateOf(said, language) : t(words.open));
  return [
    { title: t(words.region), render: (_: unknown, r: Line) => regionOf(r.region, language) },
    ...(rule.keys.length > 0 ? [{ title: rule.keys.map((k) => titleOf(k, language)).join(" · "), render: (_: unknown, r: Line) => caseOf(rule, r.keys, language) }] : []),
    { title: t(words.from), className: "numbers", render: (_: unknown, r: Line) => day(r.from) },
    { title: t(words.to), className: "numbers", render: (_: unknown, r: Line) => day(r.to) },
    { title: t(words.value), className: "numbers", render: (_: unknown, r: Line) => <strong>{valueOf(rule, r.value, language)}</strong> },
    { title: t(words.source), render: (_: unknown, r: Line) => r.source },
  ];
}

/** Rows by region and days, with their sources. */
export function RowTable({ rule, rows, day }: RowTableProps) {
  const t = useSay();
  const columns = useColumns(rule);
  const colour = { now: "success", coming: "processing", over: "default" } as const;
  return (
    <Wide label={t(words.rows)}>
      <Table
        size="middle"
        rowKey={(r) => [r.region, ...r.keys, r.from, r.row].join(" ")}
        pagination={rows.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
        style={{ minWidth: 820 }}
        dataSource={rows}
        columns={[
          ...columns,
          ...(day
            ? [
                {
                  title: t(words.standing),
                  render: (_: unknown, r: Line) => <Tag color={colour[standingOf(r, day)]} variant="outlined">{t(words[standingOf(r, day)])}</Tag>,
                },
                {
                  title: t(words.row),
                  render: (_: unknown, r: Partial<Row>) => <Typography.Text type="secondary" className="numbers">{r.row?.split("@")[1]}</Typography.Text>,
                },
              ]
            : []),
        ]}
      />
    </Wide>
  );
}
