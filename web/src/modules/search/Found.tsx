import { Button, Card, Empty, Flex, Table } from "antd";
import { Link } from "react-router";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { save } from "../../parts/save";
import type { Language } from "../../words";
import { dateOf } from "../../words/dates";
import { codeOf } from "../../resource/codes";
import { gistOf, titleOf, whenOf } from "../../resource/summary";
import { csv } from "../../parts/csv";
import { words } from "./words";

interface Page {
  type: string;
  resources: Resource[];
  next: string;
  loading: boolean;
  more: () => void;
}

/** What a row of the table says of a resource. */
const rowOf = (r: Resource, language: Language) => ({
  what: titleOf(r, language),
  result: gistOf(r, language),
  when: dateOf(whenOf(r), language),
  status: typeof r["status"] === "string" ? codeOf(r["status"], language) : "",
  changed: dateOf(r.meta?.lastUpdated ?? "", language),
  id: r.id ?? "",
});

const columns = ["what", "result", "when", "status", "changed", "id"] as const;

/** What a search has found, to open, to page on and to take along as it is shown. */
export function Found({ type, resources, next, loading, more }: Page) {
  const t = useSay();
  const { language } = useWho();
  if (resources.length === 0) return <Card><Empty description={<><strong>{t(words.none)}</strong><div>{t(words.noneWhy)}</div></>} /></Card>;
  const rows = resources.map((r) => rowOf(r, language));
  const table = () => [columns.map((c) => t(words[c])), ...rows.map((r) => columns.map((c) => r[c]))];
  return (
    <Flex vertical gap={12}>
      <Flex wrap gap={12} align="center" justify="space-between">
        <span role="status">{t(words.shown, rows.length)}</span>
        <Button onClick={() => save(csv(table()), `${type}.csv`, "text/csv")}>{t(words.csv)}</Button>
      </Flex>
      <Table
        size="small"
        rowKey="id"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={rows}
        columns={columns.map((c) => ({ title: t(words[c]), dataIndex: c, className: "numbers", ...(c === "what" && { render: (said: string, r: { id: string }) => <Link to={`/record/${type}/${r.id}`}>{said}</Link> }) }))}
      />
      {next && <Button onClick={more} loading={loading}>{t(words.more)}</Button>}
    </Flex>
  );
}
