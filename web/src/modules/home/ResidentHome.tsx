import { Button, Card, Col, Flex, Row, theme, Typography } from "antd";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { iconOf } from "../../app/icons";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { useInbox } from "../cases/cases";
import { Matter } from "../cases/Matters";
import { useUnread } from "../messages/notices";
import { words } from "./words";

/** Where residents begin: what waits for them, and four ways on. In large type there is one thing to decide at a time. */
export default function ResidentHome() {
  const t = useSay();
  const { called, large } = useWho();
  const mine = useInbox({ of: "mine", count: 20 });
  const unread = useUnread().data?.unread ?? 0;
  const waiting = (mine.data?.pages ?? []).flatMap((p) => p.case);
  const [at, setAt] = useState(0);
  const one = waiting[at % Math.max(waiting.length, 1)];
  const ways = [
    { to: "/matters", icon: "check", title: t(words.matters), why: t(words.mattersWhy) },
    { to: "/record", icon: "record", title: t(words.record), why: t(words.recordWhy) },
    { to: "/messages", icon: "messages", title: t(words.messages), why: unread > 0 ? t(words.messagesUnread, unread) : t(words.messagesWhy) },
    { to: "/looked", icon: "search", title: t(words.looked), why: t(words.lookedWhy) },
  ];
  return (
    <Flex vertical gap="large">
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.hello, called ?? "")}</Typography.Title>
      <section aria-label={t(words.waits)}>
        {mine.isPending && <Loading rows={2} />}
        {mine.error && <Failed error={mine.error} again={() => void mine.refetch()} />}
        {mine.data && waiting.length === 0 && <Typography.Text type="secondary">{t(words.nothingWaits)}</Typography.Text>}
        {waiting.length > 0 && (
          <Flex vertical gap="small">
            <Typography.Title level={2} style={{ margin: 0 }}>{t(words.waitsFor, waiting.length)}</Typography.Title>
            {large && one ? (
              <>
                <Matter place={one} />
                {waiting.length > 1 && (
                  <Flex justify="space-between" align="center">
                    <span role="status">{t(words.page, (at % waiting.length) + 1, waiting.length)}</span>
                    <Button onClick={() => setAt(at + 1)}>{t(words.next1)}</Button>
                  </Flex>
                )}
              </>
            ) : (
              waiting.slice(0, 3).map((p) => <Matter key={p.case} place={p} />)
            )}
          </Flex>
        )}
      </section>
      <nav aria-label={t(words.hello, "")}>
        <Row gutter={[12, 12]}>
          {ways.map((w) => <Col key={w.to} xs={large ? 24 : 12}><Way large={large} to={w.to} icon={iconOf(w.icon)} title={w.title} why={w.why} /></Col>)}
        </Row>
      </nav>
      {large && <LinkToHelp />}
    </Flex>
  );
}

/** A way on, as a big card. */
function Way({ large, to, icon, title, why }: { large: boolean; to: string; icon: ReactNode; title: string; why: string }) {
  const { token } = theme.useToken();
  return (
    <Link to={to}>
      <Card hoverable size={large ? "small" : "medium"} style={{ height: "100%" }}>
        <Flex vertical={!large} gap={large ? "middle" : 4} align={large ? "center" : "start"}>
          <span aria-hidden style={{ fontSize: token.fontSizeHeading1, color: token.colorPrimary }}>{icon}</span>
          <Flex vertical>
            <Typography.Text strong style={{ fontSize: token.fontSizeLG }}>{title}</Typography.Text>
            <Typography.Text type="secondary">{why}</Typography.Text>
          </Flex>
        </Flex>
      </Card>
    </Link>
  );
}

/** Help by telephone. */
function LinkToHelp() {
  const t = useSay();
  return <Button block size="large" href={`tel:${t(words.hotline)}`}>{t(words.help, t(words.hotline))}</Button>;
}
