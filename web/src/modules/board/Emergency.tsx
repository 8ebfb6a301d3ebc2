import { Alert, Card, Flex, Tag, Typography } from "antd";
import { Link } from "react-router";
import { useSay, useWho } from "../../app/session";
import type { Text } from "../../words";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { type Column, Rows } from "../../parts/Rows";
import { useTimes } from "../../parts/times";
import { listed } from "../../words/list";
import { type Conduct, useUses } from "./board";
import { words } from "./words";

const counted = ["unjustified", "unvisited", "repeated", "night"] as const;

/** Who has opened records in emergencies, what calls for a look first; residents are not named. */
export function Emergency({ of }: { of: ReturnType<typeof useUses> }) {
  const t = useSay();
  const times = useTimes();
  const { data, error, refetch } = of;
  return (
    <section aria-labelledby="emergency">
      <Card>
        <Flex justify="space-between" align="baseline" wrap gap="small">
          <Typography.Title level={2} id="emergency" style={{ marginBlockStart: 0 }}>{t(words.emergency)}</Typography.Title>
          {data && <Typography.Text type="secondary">{t(words.emergencySince, times.day(data.since), times.day(data.until))}</Typography.Text>}
        </Flex>
        {error && <Failed error={error} again={() => void refetch()} />}
        {!data && !error && <Loading rows={3} />}
        {data && !data.whole && <Alert type="info" showIcon title={t(words.emergencyPartly)} style={{ marginBlockEnd: 12 }} />}
        {data?.practitioner.length === 0 && <Typography.Text type="secondary">{t(words.emergencyNone)}</Typography.Text>}
        {data && data.practitioner.length > 0 && <Conducts all={data.practitioner} />}
      </Card>
    </section>
  );
}

function Conducts({ all }: { all: Conduct[] }) {
  const t = useSay();
  const { language } = useWho();
  const signs = (c: Conduct) => [
    ...counted.filter((sign) => c.pattern.includes(sign)).map((sign) => t(words[sign] satisfies Text, c[sign])),
    ...(c.pattern.includes("many") ? [t(words.many)] : []),
  ];
  const called = ({ reference: who }: Conduct) => who.display || who.reference;
  const columns: Column<Conduct>[] = [
    { key: "practitioner", words: words.practitioner, text: called, show: (c) => <Link to={`/record/${c.reference.reference}`}>{called(c)}</Link> },
    { key: "uses", words: words.uses, numbers: true, text: (c) => String(c.uses), order: (c) => c.uses },
    { key: "open", words: words.toReview, numbers: true, text: (c) => String(c.open), order: (c) => c.open },
    { key: "late", words: words.reviewLate, numbers: true, text: (c) => String(c.overdue), order: (c) => c.overdue, show: (c) => (c.overdue > 0 ? <strong>{c.overdue}</strong> : c.overdue) },
    {
      key: "signs", words: words.signs, text: (c) => listed(signs(c), language), order: (c) => signs(c).length,
      show: (c) => (
        <Flex wrap gap={4}>
          {signs(c).map((s) => <Tag key={s} color="warning" variant="outlined">⚠ {s}</Tag>)}
          {signs(c).length === 0 && <Typography.Text type="secondary">{t(words.noSigns)}</Typography.Text>}
        </Flex>
      ),
    },
  ];
  return <Rows name="emergency" label={t(words.emergency)} columns={columns} rows={all} rowKey={(c) => c.reference.reference} page={10} empty={null} />;
}
