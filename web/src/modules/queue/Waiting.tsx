import { Flex, Typography } from "antd";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { clockOf } from "../../words/dates";
import { CheckIn } from "./CheckIn";
import { useMine } from "./queue";
import { TicketCard } from "./TicketCard";
import { words } from "./words";

/** Where a resident stands today: each ticket with who is before, how long that takes and where to go; and visits to check in for. */
export default function Waiting() {
  const t = useSay();
  const mine = useMine();
  const { ticket = [], visit = [] } = mine.data ?? {};
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="baseline" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.waitingTitle)}</Typography.Title>
        {mine.data && <Typography.Text type="secondary" className="numbers">{t(words.refreshed, clockOf(new Date(mine.dataUpdatedAt).toISOString()))}</Typography.Text>}
      </Flex>
      {mine.error && <Failed error={mine.error} again={() => void mine.refetch()} />}
      {mine.isPending && <Loading rows={8} />}
      {ticket.map((one) => <TicketCard key={one.reference} of={one} />)}
      {visit.map((one) => <CheckIn key={one.appointment} of={one} />)}
      {mine.data && ticket.length + visit.length === 0 && (
        <Empty title={t(words.noTickets)} why={t(words.noTicketsWhy)}><LinkButton type="primary" to="/booking">{t(words.book)}</LinkButton></Empty>
      )}
      <div><LinkButton type="link" to="/booking/visits">{t(words.myVisits)}</LinkButton></div>
    </Flex>
  );
}
