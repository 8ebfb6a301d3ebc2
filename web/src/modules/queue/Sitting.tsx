import { App, Button, Flex, Typography } from "antd";
import { useState } from "react";
import { useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { Told } from "../../plain/Told";
import { clockOf } from "../../words/dates";
import { Lines } from "./Lines";
import { Pause } from "./Pause";
import { Present } from "./Present";
import { act, type Room, useAct, useLine } from "./queue";
import { words } from "./words";

/** The room in which a doctor sits: who is there, what becomes of them, and the line. */
export function Sitting({ room, rooms }: { room: Room; rooms: readonly Room[] }) {
  const t = useSay();
  const { modal } = App.useApp();
  const at = room.location.reference;
  const line = useLine({ room: at });
  const move = useAct();
  const [pausing, setPausing] = useState(false);
  const now = line.data?.room.find((r) => r.location.reference === at) ?? room;
  const rise = () =>
    void modal.confirm({
      title: t(words.riseAsked, room.location.display),
      content: t(words.riseWhat),
      okText: t(words.rise),
      cancelText: t(words.stay),
      onOk: () => move.mutateAsync(act("Location/[id]/$rise", at, {})).catch(() => {}),
    });
  return (
    <>
      <Flex justify="space-between" align="center" wrap gap="small">
        <div>
          <Typography.Title level={1} style={{ margin: 0 }}>{room.location.display}</Typography.Title>
          <Typography.Text type="secondary">{room.department.display} {room.doctor?.display}</Typography.Text>
        </div>
        <Flex gap="small" wrap>
          {!now.paused && <Button onClick={() => setPausing(true)}>{t(words.pause)}</Button>}
          <Button disabled={Boolean(now.serves)} onClick={rise}>{t(words.rise)}</Button>
        </Flex>
      </Flex>
      {now.paused && (
        <Told
          kind="warning"
          role="status"
          title={t(words.pausedUntil, clockOf(now.paused))}
          more={now.reason}
          action={<Button type="primary" onClick={() => move.mutate(act("Location/[id]/$pause", at, { minutes: 0 }))}>{t(words.goOn)}</Button>}
        />
      )}
      {move.error && <Failed error={move.error} />}
      <Present room={now} waiting={line.data?.waiting.length ?? 0} move={move} />
      {line.error && <Failed error={line.error} again={() => void line.refetch()} />}
      {line.isPending && <Loading rows={6} />}
      {line.data && <Lines of={line.data} rooms={rooms} room={at} move={move} />}
      {pausing && <Pause room={at} onClose={() => setPausing(false)} />}
    </>
  );
}
