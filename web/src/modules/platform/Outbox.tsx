import { Button, Flex, Table, type TableColumnsType, Typography } from "antd";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
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
  const columns: TableColumnsType<Message> = [
    { title: t(words.made), key: "made", render: (_, m) => times.time(m.made) },
    { title: t(words.channel), key: "channel", render: (_, m) => t(channelWords[m.channel]) },
    { title: t(words.to), key: "to", render: (_, m) => <span style={{ whiteSpace: "nowrap" }}>{m.to ?? "—"}</span> },
    { title: t(words.state), key: "state", render: (_, m) => <Mark tone={tones[m.state]}>{t(messageWords[m.state])}</Mark> },
    { title: t(words.text), key: "text", width: "36%", render: (_, m) => m.text ?? quiet },
    { title: t(words.notices), dataIndex: "count", align: "end" },
    { title: t(words.tries), dataIndex: "attempts", align: "end" },
    { title: t(words.receipt), key: "receipt", render: (_, m) => m.receipt ?? "—" },
  ];
  return (
    <div tabIndex={0} role="region" aria-label={t(words.outbox)} style={{ overflowX: "auto" }}>
      <Table<Message>
        size="middle"
        rowKey="id"
        columns={columns}
        dataSource={messages}
        pagination={false}
        className="numbers"
        style={{ minWidth: 900 }}
      />
    </div>
  );
}
