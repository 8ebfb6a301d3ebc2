import { Button, Card, Flex, Segmented, Tag, Typography } from "antd";
import { useState } from "react";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { useTimes } from "../../parts/times";
import { bothOf, linkOf, type Notice, unreadFirst, useMark, useNotices } from "./notices";
import { words } from "./words";

/** What one is told, the unread first. */
export default function Messages() {
  const t = useSay();
  const [unread, setUnread] = useState(false);
  const found = useNotices(unread);
  const mark = useMark();
  const all = unreadFirst((found.data?.pages ?? []).flatMap((p) => p.notices));
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <Flex gap="small" wrap className="no-print">
          <Button onClick={() => mark.mutate("all")} disabled={!all.some((n) => !n.read)}>{t(words.markAll)}</Button>
          <Button href="/notices/settings">{t(words.settings)}</Button>
        </Flex>
      </Flex>
      <div role="group" aria-label={t(words.show)}>
        <Segmented value={unread ? "unread" : "all"} onChange={(v) => setUnread(v === "unread")} options={[{ value: "all", label: t(words.all) }, { value: "unread", label: t(words.unreadOnly) }]} />
      </div>
      {(found.error ?? mark.error) && <Failed error={found.error ?? mark.error ?? new Error()} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={6} />}
      {found.data && all.length === 0 && !found.hasNextPage && <Empty title={t(unread ? words.noneUnread : words.none)} why={t(words.noneWhy)} />}
      <ol style={{ listStyle: "none", margin: 0, padding: 0, display: "grid", gap: 12 }}>
        {all.map((n) => <li key={n.id}><Message notice={n} onRead={() => mark.mutate(n.id)} /></li>)}
      </ol>
      {found.hasNextPage && <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>{t(words.more)}</Button>}
    </Flex>
  );
}

/** One message; what is opened is read. */
function Message({ notice, onRead }: { notice: Notice; onRead: () => void }) {
  const t = useSay();
  const { language } = useWho();
  const acting = useActing();
  const times = useTimes();
  const title = bothOf(notice.title, language);
  const link = linkOf(notice);
  const whom = notice.for === acting.resident && acting.where ? acting.where : t(words.forResident);
  return (
    <Card size="small">
      <Flex vertical gap={4}>
        <Flex gap="small" wrap align="center">
          {!notice.read && <Tag variant="outlined">{t(words.unread)}</Tag>}
          {notice.urgent && <Tag color="error" variant="solid">{t(words.urgent)}</Tag>}
          <Typography.Title level={2} style={{ margin: 0, fontSize: "inherit" }}>{title}</Typography.Title>
          <Typography.Text type="secondary" style={{ marginInlineStart: "auto" }}>
            <time dateTime={notice.sent} title={times.time(notice.sent)}>{times.ago(notice.sent)}</time>
          </Typography.Text>
        </Flex>
        <Typography.Paragraph style={{ margin: 0 }}>{bothOf(notice.text, language)}</Typography.Paragraph>
        {notice.for && <Typography.Text type="secondary">{t(words.for, whom)}</Typography.Text>}
        <Flex gap="small" wrap className="no-print">
          {link && <span onClickCapture={() => !notice.read && onRead()}><LinkButton type="primary" size="small" to={link} aria-label={t(words.openOf, title)}>{t(words.open)}</LinkButton></span>}
          {!notice.read && <Button size="small" aria-label={t(words.markOf, title)} onClick={onRead}>{t(words.markRead)}</Button>}
        </Flex>
      </Flex>
    </Card>
  );
}
