import { Alert, Button, Card, Flex, Tag, Typography } from "antd";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { type Acting, useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { LinkButton } from "../../parts/LinkButton";
import { useTimes } from "../../parts/times";
import { lastOf } from "./entrust";
import { ForMe } from "./ForMe";
import { useSwitch } from "./switching";
import { words } from "./words";

/** For whom one may act, and who may act for oneself. */
export default function Family() {
  const t = useSay();
  const who = useWho();
  const acting = useActing();
  const others = (who.can ?? []).filter((c) => c.role === "proxy");
  return (
    <Flex vertical gap="large">
      <div>
        <Typography.Title level={1} style={{ marginBlock: "0 4px" }}>{t(words.title)}</Typography.Title>
        <Typography.Text type="secondary">{t(words.why)}</Typography.Text>
      </div>
      <section>
        <Typography.Title level={2} style={{ marginBlockStart: 0 }}>{t(words.mayFor)}</Typography.Title>
        {others.length === 0 && <Empty title={t(words.forNobody)} why={t(words.forNobodyWhy)} />}
        <Flex vertical gap="small">{others.map((c) => <Other key={c.source} one={c} now={c.source === acting.source} />)}</Flex>
      </section>
      <section>
        <Flex justify="space-between" align="center" wrap gap="small" style={{ marginBlockEnd: 8 }}>
          <Typography.Title level={2} style={{ margin: 0 }}>{t(words.forMe)}</Typography.Title>
          {acting.role === "resident" && <LinkButton type="primary" to="/family/let">{t(words.let)}</LinkButton>}
        </Flex>
        {acting.role === "resident" ? <ForMe /> : <Card><Typography.Text>{t(words.ownOnly, acting.where ?? "")}</Typography.Text></Card>}
      </section>
      <Alert type="info" showIcon title={<>{t(words.window)} <Link to="/help" style={{ textDecoration: "underline" }}>{t(words.more)}</Link></>} />
    </Flex>
  );
}

/** Somebody for whom one may act: one tap, and one does. */
function Other({ one, now }: { one: Acting; now: boolean }) {
  const t = useSay();
  const times = useTimes();
  const { to, back, busy } = useSwitch();
  const called = one.where ?? "";
  return (
    <Person called={called} mark={now && <Tag color="processing" variant="solid">{t(words.now)}</Tag>} facts={[one.until ? t(words.until, times.day(lastOf(one.until))) : t(words.always)]}>
      {!now && <Button type="primary" loading={busy} onClick={() => to(one.source)}>{t(words.actFor, called)}</Button>}
      {now && back && <Button loading={busy} onClick={back}>{t(words.backToMe)}</Button>}
    </Person>
  );
}

/** Somebody in one of the lists, and what one can do about it. */
export function Person({ called, mark, facts, children }: { called: string; mark?: ReactNode; facts: string[]; children?: ReactNode }) {
  return (
    <Card size="small">
      <Flex justify="space-between" align="center" wrap gap="8px 16px">
        <Flex vertical gap={2} style={{ flex: "1 1 220px", minWidth: 0 }}>
          <Flex gap="small" align="center" wrap><Typography.Text strong>{called}</Typography.Text>{mark}</Flex>
          {facts.map((f) => <Typography.Text key={f} type="secondary">{f}</Typography.Text>)}
        </Flex>
        {children}
      </Flex>
    </Card>
  );
}
