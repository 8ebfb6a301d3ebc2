import { Button, Flex, Typography } from "antd";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { type Column, Rows } from "../../parts/Rows";
import { useTimes } from "../../parts/times";
import { Mark, type Tone } from "./Mark";
import { type Message, type MessageState, useOutbox } from "./platform";
import { channelWords, messageWords, words } from "./words";

const tones: Record<MessageState, Tone> = { ready: "quiet", sending: "quiet", sent: "good", dropped: "watch", failed: "bad" };

/** What has left by phone and mail, and what became of it. */
export default function Outbox() {
  const t = useSay();
  const query = useOutbox();
  const messages = (query.data?.pages ?? []).flatMap((p) => p.message);
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.outbox)}</Typography.Title>
        <Button className="no-print" onClick={() => void query.refetch()} loading={query.isRefetching && !query.isFetchingNextPage}>
          {t(words.refresh)}
        </Button>
      </Flex>
      <Typography.Text type="secondary">{t(words.outboxWhy)}</Typography.Text>
      {query.error && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.isPending && <Loading rows={6} />}
      {query.data && messages.length === 0 && <Empty title={t(words.noMessages)} why={t(words.noMessagesWhy)} />}
      {messages.length > 0 && <MessageTable messages={messages} />}
      {query.hasNextPage && <Button onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>{t(words.more)}</Button>}
    </Flex>
  );
}

function MessageTable({ messages }: { messages: Message[] }) {
  const t = useSay();
  const times = useTimes();
  const quiet = <Typography.Text type="secondary">{t(words.notYet)}</Typography.Text>;
  const columns: Column<Message>[] = [
    { key: "made", words: words.made, numbers: true, text: (m) => times.time(m.made), order: (m) => m.made },
    { key: "channel", words: words.channel, few: true, text: (m) => t(channelWords[m.channel]) },
    { key: "to", words: words.to, numbers: true, text: (m) => m.to ?? "—" },
    { key: "state", words: words.state, few: true, text: (m) => t(messageWords[m.state]), show: (m) => <Mark tone={tones[m.state]}>{t(messageWords[m.state])}</Mark> },
    { key: "text", words: words.text, long: true, text: (m) => m.text ?? "", show: (m) => m.text ?? quiet },
    { key: "notices", words: words.notices, numbers: true, text: (m) => String(m.count), order: (m) => m.count },
    { key: "tries", words: words.tries, numbers: true, text: (m) => String(m.attempts), order: (m) => m.attempts },
    { key: "receipt", words: words.receipt, text: (m) => m.receipt ?? "—" },
  ];
  return <Rows name="outbox" label={t(words.outbox)} columns={columns} rows={messages} rowKey={(m) => m.id} empty={null} />;
}
