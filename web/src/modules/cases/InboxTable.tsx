import { Button, Checkbox, Table, type TableColumnsType, Typography } from "antd";
import { useMemo, useRef } from "react";
import { Link, useNavigate } from "react-router";
import type { Resource } from "../../api/fhir";
import { useKeys } from "../../app/keys/keyboard";
import type { Key } from "../../app/keys/typed";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { useTimes } from "../../parts/times";
import { idOf, type Place } from "./cases";
import { Deadline } from "./Deadline";
import { type Row, rowsOf } from "./rows";
import { words } from "./words";

interface InboxTableProps {
  places: Place[];
  residents: Record<string, Resource>;
  filter: string;
  sort: string;
  chosen: string[];
  narrowed: boolean;
  onSort: (sort: string) => void;
  onChoose: (cases: string[]) => void;
  onClear: () => void;
}

/** The cases of an inbox, gone through by j and k. */
export function InboxTable({ places, residents, filter, sort, chosen, narrowed, onSort, onChoose, onClear }: InboxTableProps) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const go = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(places, residents, filter, sort, language), [places, residents, filter, sort, language]);

  const keys = useMemo<Key[]>(() => {
    const links = () => [...(box.current?.querySelectorAll<HTMLAnchorElement>("a[data-case]") ?? [])];
    const here = () => links().findIndex((l) => l.closest("tr")?.contains(document.activeElement));
    const step = (by: number) => () => {
      const all = links();
      const at = here();
      all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
    };
    return [
      { key: "j", called: t(words.keyNext), does: step(1) },
      { key: "k", called: t(words.keyBefore), does: step(-1) },
      {
        key: "o", shown: "Enter o", called: t(words.keyOpen),
        does: () => {
          const name = links()[here()]?.dataset["case"];
          if (name) void go(`/cases/${idOf(name)}`);
        },
      },
      {
        key: "x", called: t(words.keyChoose),
        does: () => {
          const name = links()[here()]?.dataset["case"];
          if (name) onChoose(chosen.includes(name) ? chosen.filter((c) => c !== name) : [...chosen, name]);
        },
      },
      { key: "/", called: t(words.keyFilter), does: () => document.getElementById("inbox-filter")?.focus() },
    ];
  }, [chosen, onChoose, go, t]);
  useKeys(keys);

  if (rows.length === 0) {
    return narrowed ? <Empty title={t(words.nothingFits)}><Button onClick={onClear}>{t(words.clearFilter)}</Button></Empty> : <Empty title={t(words.nothingToDo)} why={t(words.nothingWhy)} />;
  }
  const sorted = (name: string) => ({
    sorter: true as const,
    sortOrder: sort.replace(/^-/, "") === name ? (sort.startsWith("-") ? ("descend" as const) : ("ascend" as const)) : null,
    showSorterTooltip: false,
  });
  const columns: TableColumnsType<Row> = [
    {
      title: t(words.process), key: "process", ...sorted("process"),
      render: (_, { place, process }) => <Link to={`/cases/${idOf(place.case)}`} data-case={place.case}>{process}</Link>,
    },
    { title: t(words.state), key: "state", ...sorted("state"), render: (_, row) => row.state },
    { title: t(words.resident), key: "resident", ...sorted("resident"), render: (_, row) => row.resident || <Typography.Text type="secondary">—</Typography.Text> },
    { title: t(words.since), key: "since", ...sorted("since"), render: (_, { place }) => (place.since ? times.ago(place.since) : "") },
    { title: t(words.deadline), key: "deadline", ...sorted("deadline"), render: (_, { place }) => <Deadline place={place} /> },
  ];
  return (
    <div ref={box} style={{ overflowX: "auto" }}>
      <Table<Row>
        size="middle"
        rowKey={(row) => row.place.case}
        columns={columns}
        dataSource={rows}
        pagination={false}
        style={{ minWidth: 720 }}
        onChange={(_, __, sorter) => {
          const one = Array.isArray(sorter) ? sorter[0] : sorter;
          onSort(one?.order ? `${one.order === "descend" ? "-" : ""}${String(one.columnKey)}` : "");
        }}
        rowSelection={{
          selectedRowKeys: chosen,
          onChange: (all) => onChoose(all.map(String)),
          columnTitle: <Checkbox aria-label={t(words.chooseAll)} checked={chosen.length === rows.length} indeterminate={chosen.length > 0 && chosen.length < rows.length} onChange={(e) => onChoose(e.target.checked ? rows.map((r) => r.place.case) : [])} />,
          getCheckboxProps: (row) => ({ "aria-label": t(words.chooseRow, [row.process, row.resident].filter(Boolean).join(" ")) }),
        }}
      />
    </div>
  );
}
