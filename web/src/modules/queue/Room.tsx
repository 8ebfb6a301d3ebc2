import { Button, Card, Flex, Tag, theme, Typography } from "antd";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { act, type Room as OneRoom, useAct, useRooms } from "./queue";
import { Sitting } from "./Sitting";
import { words } from "./words";

/** The room of a doctor: who is there, who waits; or, as long as they sit nowhere, the rooms to choose from. */
export default function Room() {
  const t = useSay();
  const rooms = useRooms();
  const mine = rooms.data?.room.find((r) => r.location.reference === rooms.data.mine?.reference);
  return (
    <Flex vertical gap={16}>
      {mine ? <Sitting room={mine} rooms={rooms.data?.room ?? []} /> : <Typography.Title level={1} style={{ margin: 0 }}>{t(words.roomTitle)}</Typography.Title>}
      {rooms.error && <Failed error={rooms.error} again={() => void rooms.refetch()} />}
      {rooms.isPending && <Loading rows={8} />}
      {rooms.data && !mine && (rooms.data.room.length === 0 ? <Empty title={t(words.noRooms)} why={t(words.noRoomsWhy)} /> : <Choose of={rooms.data.room} />)}
    </Flex>
  );
}

function Choose({ of }: { of: readonly OneRoom[] }) {
  const t = useSay();
  const { token } = theme.useToken();
  const move = useAct();
  return (
    <>
      <Typography.Text type="secondary">{t(words.sitWhy)}</Typography.Text>
      {move.error && <Failed error={move.error} />}
      <div style={{ display: "grid", gap: 12, gridTemplateColumns: `repeat(auto-fill, minmax(min(100%, ${token.fontSize * 17}px), 1fr))` }}>
        {of.map((r) => {
          const at = r.location.reference;
          return (
            <Card key={at} size="small">
              <Flex vertical gap="small" style={{ height: "100%" }}>
                <Flex justify="space-between" align="center" gap="small" wrap>
                  <Typography.Title level={2} style={{ margin: 0, fontSize: token.fontSizeHeading3 }}>{r.location.display}</Typography.Title>
                  {r.doctor ? <Tag variant="outlined" style={{ margin: 0 }}>{t(words.sits, r.doctor.display)}</Tag> : <Tag variant="outlined" color="success" style={{ margin: 0 }}>{t(words.free)}</Tag>}
                </Flex>
                <Typography.Text type="secondary">{r.department.display} {r.way}</Typography.Text>
                {!r.doctor && (
                  <div>
                    <Button type="primary" aria-label={t(words.sitIn, r.location.display)} loading={move.isPending && move.variables?.of === at} onClick={() => move.mutate(act("Location/[id]/$sit", at, {}))}>{t(words.sit)}</Button>
                  </div>
                )}
              </Flex>
            </Card>
          );
        })}
      </div>
    </>
  );
}
