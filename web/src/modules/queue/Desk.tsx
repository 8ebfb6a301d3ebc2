import { Card, Flex, Radio, Tag, theme, Typography } from "antd";
import { useActing, useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { useRemembered } from "../../parts/remember";
import { clockOf } from "../../words/dates";
import { Lines } from "./Lines";
import { TicketState } from "./Marks";
import { departmentsOf, idOf, type Room, useAct, useLine, useRooms } from "./queue";
import { words } from "./words";

/** The queues of the hospital, a department at a time: its rooms, and who waits. */
export default function Desk() {
  const t = useSay();
  const { role } = useActing();
  const rooms = useRooms();
  const [chosen, choose] = useRemembered("queue.department", "");
  const all = departmentsOf(rooms.data?.room ?? []);
  const at = all.find((d) => d.reference === chosen) ?? all[0];
  const line = useLine({ queue: at?.reference }, at !== undefined);
  const move = useAct();
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.deskTitle)}</Typography.Title>
        <Flex gap="small" wrap className="no-print">
          {at && <LinkButton to={`/wall/${idOf(at.reference)}`}>{t(words.wall)}</LinkButton>}
          {role === "guide" && <LinkButton to="/kiosk">{t(words.kiosk)}</LinkButton>}
        </Flex>
      </Flex>
      <Typography.Text type="secondary">{t(words.deskWhy)}</Typography.Text>
      {rooms.error && <Failed error={rooms.error} again={() => void rooms.refetch()} />}
      {rooms.isPending && <Loading rows={8} />}
      {rooms.data && all.length === 0 && <Empty title={t(words.noQueues)} why={t(words.noQueuesWhy)} />}
      {at && all.length > 1 && <Radio.Group aria-label={t(words.department)} value={at.reference} onChange={(e) => choose(String(e.target.value))} optionType="button" options={all.map((d) => ({ value: d.reference, label: d.name }))} />}
      {at && <Part title={t(words.rooms)}><OfRooms of={line.data?.room.length ? line.data.room : at.rooms} /></Part>}
      {line.error && <Failed error={line.error} again={() => void line.refetch()} />}
      {at && line.isPending && <Loading rows={6} />}
      {line.data && <Lines of={line.data} rooms={rooms.data?.room ?? []} move={move} />}
    </Flex>
  );
}

/** Who sits in each room, and whom they see. */
function OfRooms({ of }: { of: readonly Room[] }) {
  const t = useSay();
  const { token } = theme.useToken();
  return (
    <div style={{ display: "grid", gap: 12, gridTemplateColumns: `repeat(auto-fill, minmax(min(100%, ${token.fontSize * 15}px), 1fr))` }}>
      {of.map((r) => (
        <Card key={r.location.reference} size="small" style={r.doctor ? {} : { background: token.colorBgLayout }}>
          <Flex justify="space-between" align="baseline" gap="small" wrap>
            <strong>{r.location.display}</strong>
            {r.serves ? <TicketState is={r.serves.state} /> : r.doctor && !r.paused && <Tag variant="outlined" style={{ margin: 0 }}>{t(words.roomFree)}</Tag>}
          </Flex>
          <Typography.Text type="secondary">{r.doctor?.display ?? t(words.nobodySits)}</Typography.Text>
          {r.serves && <div className="numbers"><strong>{r.serves.number}</strong> {r.serves.patient.display}</div>}
          {r.paused && <div><Typography.Text type="warning">{t(words.pausedUntil, clockOf(r.paused))} {r.reason}</Typography.Text></div>}
        </Card>
      ))}
    </div>
  );
}
