import { useMutation } from "@tanstack/react-query";
import { Button, Flex, Input, Table, type TableProps, Typography } from "antd";
import { type ReactNode, useMemo, useState } from "react";
import { useSay, useWho } from "../app/session";
import type { Text } from "../words";
import { csv } from "./csv";
import { Empty } from "./Empty";
import { Failed } from "./Failed";
import { usePrinting } from "./printing";
import { useRemembered } from "./remember";
import { save } from "./save";
import { asItComes, type Cell, type Sight, sift, valuesOf } from "./sift";
import { words } from "./words";

/** A column of [Rows]: its name, and how it looks where it is more than its text. */
export interface Column<Row> extends Cell<Row> {
  words: Text;
  show?: (row: Row) => ReactNode;
  long?: boolean; // its texts take more than one line
  numbers?: boolean; // which stand below each other
  acts?: boolean; // it has buttons: it is neither sorted nor exported
}

interface RowsProps<Row> {
  name: string; // under which the browser remembers the order, and of the file that is exported
  label: string; // what the table has, for who does not see it
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  empty: ReactNode; // where there are no rows at all
  bar?: ReactNode; // what else stands above the table
  filed?: readonly Column<Row>[]; // what is told in the file alone
  every?: () => Promise<readonly Row[]>; // all rows for the file, where the server has more than are here
  page?: number; // how many are shown at once, where there may be very many
  table?: Pick<TableProps<Row>, "expandable" | "onRow" | "rowSelection">;
}

/** A table that is filtered by what is typed and by what is chosen in its columns, sorted, and exported as it is shown. Order and choices are remembered. */
export function Rows<Row extends object>({ name, label, columns, rows, rowKey, empty, bar, filed = [], every, page, table }: RowsProps<Row>) {
  const t = useSay();
  const { language } = useWho();
  const [sight, see] = useRemembered<Sight>(`table.${name}.${language}`, asItComes); // what is chosen is in the words of a language
  const [typed, type] = useState("");
  const shown = useMemo(() => sift(rows, columns, sight, typed, language), [rows, columns, sight, typed, language]);
  const printing = usePrinting(); // then all of it is shown
  const keep = useMutation({
    mutationFn: async () => {
      const all = every ? sift(await every(), columns, sight, typed, language) : shown;
      const told = [...columns, ...filed].filter((c) => !c.acts);
      save(csv([told.map((c) => t(c.words)), ...all.map((row) => told.map((c) => c.text(row)))]), `${name}.csv`, "text/csv");
    },
  });
  if (rows.length === 0) return <>{bar}{empty}</>;
  return (
    <Flex vertical gap="small">
      <Flex gap="small" wrap align="center" className="no-print">
        <Input type="search" allowClear style={{ flex: "0 1 240px" }} aria-label={t(words.filter, label)} placeholder={t(words.filter, label)} value={typed} onChange={(e) => type(e.target.value)} />
        {bar}
        <Typography.Text type="secondary" role="status" style={{ marginInlineStart: "auto" }}>{t(shown.length < rows.length ? words.someRows : words.allRows, shown.length, rows.length)}</Typography.Text>
        <Button disabled={shown.length === 0} loading={keep.isPending} onClick={() => keep.mutate()}>{t(words.exportRows)}</Button>
      </Flex>
      {keep.error && <Failed error={keep.error} />}
      <Table<Row>
        {...table}
        size="small"
        aria-label={label}
        rowKey={rowKey}
        pagination={page && !printing ? { pageSize: page, hideOnSinglePage: true, showSizeChanger: false } : false}
        scroll={{ x: "max-content" }}
        dataSource={shown}
        locale={{ emptyText: <Empty title={t(words.noRow)}><Button onClick={() => { type(""); see(asItComes); }}>{t(words.allAgain)}</Button></Empty> }}
        columns={columns.map((c) => ({
          key: c.key,
          title: t(c.words),
          sorter: !c.acts,
          showSorterTooltip: false,
          sortOrder: sight.sort === c.key ? "ascend" : sight.sort === `-${c.key}` ? "descend" : null,
          render: (_: unknown, row: Row) => (c.long ? <div className="long">{c.show?.(row) ?? c.text(row)}</div> : (c.show?.(row) ?? c.text(row))),
          ...(c.numbers && { className: "numbers" }),
          ...(c.few && { filters: valuesOf(rows, c, language).map((value) => ({ text: value, value })), filteredValue: sight.only[c.key] ?? null }),
        }))}
        onChange={(_, filters, sorter) => {
          const one = Array.isArray(sorter) ? sorter[0] : sorter;
          const only = Object.fromEntries(Object.entries(filters).flatMap(([key, values]) => (values?.length ? [[key, values.map(String)]] : [])));
          see({ sort: one?.order ? `${one.order === "descend" ? "-" : ""}${String(one.columnKey)}` : "", only });
        }}
      />
    </Flex>
  );
}
