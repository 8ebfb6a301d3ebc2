import { Card, Col, Flex, Row, Statistic, Typography } from "antd";
import { Link } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { scopesOf, useInbox } from "../cases/cases";
import { Matter } from "../cases/Matter";
import { useUnread } from "../messages/notices";
import { words } from "./words";

const shown = 3; // cases that come first

/** Where staff begin: how much waits, and what comes first. */
export default function StaffHome() {
  const t = useSay();
  const who = useWho();
  const first = useInbox({ of: scopesOf(useActing())[0] ?? "mine", count: shown });
  const unread = useUnread();
  const counts = first.data?.pages[0]?.count ?? [];
  const places = first.data?.pages[0]?.case ?? [];
  const numbers = [
    { to: "/inbox", label: t(words.toDo), value: counts.reduce((n, c) => n + c.open, 0), bad: false },
    { to: "/inbox", label: t(words.late), value: counts.reduce((n, c) => n + c.overdue, 0), bad: true },
    { to: "/messages", label: t(words.unread), value: unread.data?.unread ?? 0, bad: false },
  ];
  return (
    <Flex vertical gap="large">
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.hello, who.called ?? "")}</Typography.Title>
      {first.error && <Failed error={first.error} again={() => void first.refetch()} />}
      <Row gutter={[16, 16]}>
        {numbers.map((n) => (
          <Col key={n.label} xs={24} sm={8}>
            <Link to={n.to}>
              <Card hoverable size="small"><Statistic title={n.label} value={n.value} valueStyle={n.bad && n.value > 0 ? { fontWeight: 700 } : {}} className="numbers" /></Card>
            </Link>
          </Col>
        ))}
      </Row>
      <section>
        <Flex justify="space-between" align="baseline">
          <Typography.Title level={2}>{t(words.next)}</Typography.Title>
          <Link to="/inbox">{t(words.all)}</Link>
        </Flex>
        {first.isPending && <Loading rows={3} />}
        {!first.isPending && places.length === 0 && <Card><Typography.Text type="secondary">{t(words.calm)}</Typography.Text></Card>}
        <Flex vertical gap="small">{places.map((p) => <Matter key={p.case} place={p} yours />)}</Flex>
      </section>
    </Flex>
  );
}
