import { useMutation } from "@tanstack/react-query";
import { Button, Checkbox, Flex, Typography } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { Problem } from "../../api/http";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { Sections } from "../../parts/Sections";
import { dayOf } from "../../words/dates";
import { Editions } from "./Editions";
import { Find } from "./Find";
import { RowTable } from "./RowTable";
import { type Row, type Rule as Told, standingOf, titleOf, useRule } from "./rules";
import { take } from "./sheet";
import { words } from "./words";

/** One rule: its rows, what it says for a day, its versions. */
export default function Rule() {
  const t = useSay();
  const { name = "" } = useParams();
  const rule = useRule(name);
  if (rule.error instanceof Problem && rule.error.status === 404) {
    return <Empty title={t(words.missing)} why={t(words.missingWhy)}><Link to="/rules">{t(words.back)}</Link></Empty>;
  }
  if (rule.error && !rule.data) return <Failed error={rule.error} again={() => void rule.refetch()} />;
  return rule.data ? <Whole key={name} rule={rule.data} /> : <Loading rows={8} />;
}

function Whole({ rule }: { rule: Told }) {
  const t = useSay();
  const { language } = useWho();
  const exported = useMutation({ mutationFn: (kind: "xlsx" | "csv") => take(kind, rule.name) });
  return (
    <Flex vertical gap={16}>
      <Link to="/rules">← {t(words.back)}</Link>
      <Flex wrap gap={12} align="flex-start" justify="space-between">
        <div style={{ flex: "1 1 320px" }}>
          <Typography.Title level={1} style={{ margin: 0 }}>{titleOf(rule, language)}</Typography.Title>
          <Typography.Paragraph style={{ marginBlock: "4px 0" }}>{rule.about[language === "en" ? 1 : 0]}</Typography.Paragraph>
          <Typography.Text type="secondary">{[rule.name, rule.kind[language === "en" ? 1 : 0]].join(" · ")}</Typography.Text>
        </div>
        <Flex wrap gap={8} className="no-print">
          <Button onClick={() => exported.mutate("xlsx")} loading={exported.isPending}>{t(words.exportXlsx)}</Button>
          <Button onClick={() => exported.mutate("csv")} loading={exported.isPending}>{t(words.exportCsv)}</Button>
        </Flex>
      </Flex>
      {exported.error && <Failed error={exported.error} />}
      <Sections
        items={[
          { key: "rows", label: t(words.rows), children: <Rows rule={rule} /> },
          { key: "find", label: t(words.find), children: <Find rule={rule} /> },
          { key: "versions", label: t(words.versions), children: <Editions rule={rule} /> },
        ]}
      />
    </Flex>
  );
}

/** By region and case, the newest first. */
const newest = (a: Row, b: Row) => a.region.localeCompare(b.region) || a.keys.join().localeCompare(b.keys.join()) || b.from.localeCompare(a.from);

/** The rows that stand: all of them, or those that are in force today. */
function Rows({ rule }: { rule: Told }) {
  const t = useSay();
  const [now, only] = useState(false);
  const today = dayOf(new Date().toISOString());
  const all = [...rule.rows].sort(newest);
  const rows = now ? all.filter((r) => standingOf(r, today) === "now") : all;
  if (rule.rows.length === 0) return <Empty title={t(words.noRows)} why={t(words.noRowsWhy)} />;
  return (
    <Flex vertical gap={12}>
      <Flex wrap gap={12} align="center" justify="space-between">
        <Checkbox checked={now} onChange={(e) => only(e.target.checked)}>{t(words.onlyNow)}</Checkbox>
        <span role="status">{t(words.shown, rows.length)}</span>
      </Flex>
      {rows.length === 0 ? <Empty title={t(words.noneNow)} why={t(words.noneNowWhy)} /> : <RowTable rule={rule} rows={rows} day={today} />}
    </Flex>
  );
}
