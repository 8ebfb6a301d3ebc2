import { Flex, Typography } from "antd";
import { Link, useSearchParams } from "react-router";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { type Column, Rows } from "../../parts/Rows";
import { useTimes } from "../../parts/times";
import { callOf, idOf } from "../cases/cases";
import { type CountedCase, useCounted } from "./ops";
import { boards as words } from "./words";

/** The cases that a figure of the statistics counts. */
export default function Counted() {
  const t = useSay();
  const times = useTimes();
  const { language } = useWho();
  const [query] = useSearchParams();
  const criteria = query.toString();
  const found = useCounted(criteria);
  const figure = found.data?.figure.find((f) => f.code === query.get("figure"));
  const all = (found.data?.case ?? []).map((c, n) => ({ ...c, n: String(n) })); // of a step one case can stand there several times
  const at = (text: string | undefined) => (text ? times.time(text) : "");
  const way = (c: CountedCase) => t(c.direction === "down" ? words.down : words.up);
  const columns: Column<CountedCase & { n: string }>[] = [
    {
      key: "direction", words: words.direction, few: true, text: way,
      show: (c) => (c.case ? <Link to={`/cases/${idOf(c.case)}`}>{way(c)}</Link> : way(c)),
    },
    { key: "state", words: words.state, few: true, text: (c) => callOf({ zh: c.zh ?? "", en: c.en ?? "" }, language) },
    { key: "from", words: words.from, few: true, text: (c) => c.from?.display ?? "" },
    { key: "begun", words: words.begunAt, numbers: true, text: (c) => at(c.begun), order: (c) => c.begun },
    { key: "due", words: words.due, numbers: true, text: (c) => at(c.due), order: (c) => c.due || "9999" },
    { key: "ended", words: words.endedAt, numbers: true, text: (c) => at(c.ended), order: (c) => c.ended ?? "" },
  ];
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{figure ? callOf(figure, language) : t(words.list)}</Typography.Title>
        <Link to="/referrals/statistics" className="no-print">{t(words.backToStatistics)}</Link>
      </Flex>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {criteria && found.isPending && <Loading rows={8} />}
      {(!criteria || found.data) && (
        <Rows
          name="referral.cases"
          label={t(words.list)}
          columns={columns}
          rows={all}
          rowKey={(c) => c.n}
          page={50}
          empty={<Empty title={t(words.noneFits)} />}
        />
      )}
    </Flex>
  );
}
