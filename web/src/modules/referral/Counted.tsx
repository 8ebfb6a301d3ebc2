import { Button, Flex, Typography } from "antd";
import { Link, useSearchParams } from "react-router";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { type Column, Rows } from "../../parts/Rows";
import { useTimes } from "../../parts/times";
import type { Listed } from "../board/listed";
import { useCounted } from "./ops";
import { boards as words } from "./words";

/** The cases that a figure of the statistics counts. */
export default function Counted() {
  const t = useSay();
  const times = useTimes();
  const [query] = useSearchParams();
  const criteria = query.get("query") ?? "";
  const found = useCounted(criteria);
  const all = found.data?.pages.flatMap((p) => p.cases) ?? [];
  const at = (text: string) => (text ? times.time(text) : "");
  const columns: Column<Listed>[] = [
    { key: "direction", words: words.direction, few: true, text: (c) => t(c.process === "referral-down" ? words.down : words.up), show: (c) => <Link to={`/cases/${c.id}`}>{t(c.process === "referral-down" ? words.down : words.up)}</Link> },
    { key: "state", words: words.state, few: true, text: (c) => c.stateZh || c.state },
    { key: "begun", words: words.begunAt, numbers: true, text: (c) => at(c.begun), order: (c) => c.begun },
    { key: "due", words: words.due, numbers: true, text: (c) => at(c.due), order: (c) => c.due || "9999" },
    { key: "ended", words: words.endedAt, numbers: true, text: (c) => at(c.ended), order: (c) => c.ended },
  ];
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{query.get("of") || t(words.list)}</Typography.Title>
        <Link to="/referrals/statistics" className="no-print">{t(words.backToStatistics)}</Link>
      </Flex>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {criteria && found.isPending && <Loading rows={8} />}
      {(!criteria || found.data) && <Rows name="referral.cases" label={t(words.list)} columns={columns} rows={all} rowKey={(c) => c.id} page={50} empty={<Empty title={t(words.noneFits)} />} />}
      {found.hasNextPage && <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage} className="no-print">{t(words.more)}</Button>}
    </Flex>
  );
}
