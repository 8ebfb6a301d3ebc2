import { Flex, Typography } from "antd";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { dayAt } from "../../words/dates";
import { aheadOf, isNow, useVisits, type Visit } from "./booking";
import { VisitCard } from "./VisitCard";
import { Wishes } from "./Wishes";
import { words } from "./words";

/** The visits of the person: those that are to be, and those that are over. */
export default function Mine() {
  const t = useSay();
  const mine = useVisits();
  const all = mine.data?.visit ?? [];
  const today = dayAt(new Date());
  const now = all.filter((v) => isNow(v, today));
  const ahead = [...now, ...aheadOf(all, Date.now())];
  const past = all.filter((v) => !ahead.includes(v) && v.why !== "unbooked" && v.status !== "pending");
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.mine)}</Typography.Title>
        <LinkButton type="primary" to="/booking">{t(words.bookNow)}</LinkButton>
      </Flex>
      {mine.error && <Failed error={mine.error} again={() => void mine.refetch()} />}
      {mine.isPending && <Loading rows={6} />}
      {mine.data && ahead.length + past.length + mine.data.wish.length === 0 && <Empty title={t(words.noVisits)} why={t(words.noVisitsWhy)} />}
      <Wishes of={mine.data?.wish ?? []} />
      <Some title={t(words.ahead)} of={ahead} />
      <Some title={t(words.past)} of={past} />
      {mine.data?.whole === false && <Typography.Text type="secondary">{t(words.cut)}</Typography.Text>}
    </Flex>
  );
}

function Some({ title, of }: { title: string; of: readonly Visit[] }) {
  if (of.length === 0) return null;
  return (
    <section>
      <Typography.Title level={2} style={{ marginBlock: "0 8px" }}>{title}</Typography.Title>
      <Flex vertical gap="small">{of.map((v) => <VisitCard key={v.appointment.reference} of={v} />)}</Flex>
    </section>
  );
}
