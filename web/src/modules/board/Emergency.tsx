import { Alert, Card, Flex, Table, type TableColumnsType, Tag, Typography } from "antd";
import { Link } from "react-router";
import { useSay } from "../../app/session";
import type { Text } from "../../words";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { useTimes } from "../../parts/times";
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
  const signs = (c: Conduct) => [
    ...counted.filter((sign) => c.pattern.includes(sign)).map((sign) => t(words[sign] satisfies Text, c[sign])),
    ...(c.pattern.includes("many") ? [t(words.many)] : []),
  ];
  const columns: TableColumnsType<Conduct> = [
    { title: t(words.practitioner), rowScope: "row", render: (_, c) => <Link to={`/record/${c.reference}`}>{c.name || c.reference}</Link> },
    { title: t(words.uses), dataIndex: "uses", align: "right", className: "numbers" },
    { title: t(words.toReview), dataIndex: "open", align: "right", className: "numbers" },
    { title: t(words.reviewLate), align: "right", className: "numbers", render: (_, c) => (c.overdue > 0 ? <strong>{c.overdue}</strong> : c.overdue) },
    {
      title: t(words.signs),
      render: (_, c) => (
        <Flex wrap gap={4}>
          {signs(c).map((s) => <Tag key={s} color="warning" variant="outlined">⚠ {s}</Tag>)}
          {signs(c).length === 0 && <Typography.Text type="secondary">{t(words.noSigns)}</Typography.Text>}
        </Flex>
      ),
    },
  ];
  return <Table<Conduct> size="small" rowKey="reference" columns={columns} dataSource={all} pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: "max-content" }} />;
}
