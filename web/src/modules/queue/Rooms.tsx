import { ArrowLeftOutlined } from "@ant-design/icons";
import { App, Button, Card, Flex, Table, Typography } from "antd";
import { useState } from "react";
import { useActing, useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { useWide } from "../../plain/screen";
import { useDepartments } from "../clinics/clinics";
import { act, departmentsOf, idOf, type Room, useAct, useRooms } from "./queue";
import { RoomForm } from "./RoomForm";
import { words } from "./words";

/** The rooms of the institution, for who opens and closes them. */
export default function Rooms() {
  const t = useSay();
  const { institution = "" } = useActing();
  const rooms = useRooms();
  const departments = useDepartments(institution);
  const [open, setOpen] = useState<Room | "new">();
  const error = rooms.error ?? departments.error;
  const all = departmentsOf(rooms.data?.room ?? []);
  return (
    <Flex vertical gap={16}>
      <div><LinkButton type="link" to="/clinics" icon={<ArrowLeftOutlined aria-hidden />}>{t(words.clinics)}</LinkButton></div>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.roomsTitle)}</Typography.Title>
        <Button type="primary" disabled={!departments.data} onClick={() => setOpen("new")}>{t(words.addRoom)}</Button>
      </Flex>
      <Typography.Text type="secondary">{t(words.roomsWhy)}</Typography.Text>
      {error && <Failed error={error} again={() => void Promise.all([rooms.refetch(), departments.refetch()])} />}
      {rooms.isPending && <Loading rows={8} />}
      {open && departments.data && <RoomForm key={open === "new" ? "" : open.location.reference} old={open === "new" ? undefined : open} departments={departments.data} onClose={() => setOpen(undefined)} />}
      {rooms.data && all.length === 0 && <Empty title={t(words.noRoomYet)} why={t(words.noRoomYetWhy)} />}
      {all.map((d) => (
        <section key={d.reference} aria-label={d.name}>
          <Flex justify="space-between" align="baseline" wrap gap="small">
            <Typography.Title level={2}>{d.name}</Typography.Title>
            <LinkButton type="link" to={`/wall/${idOf(d.reference)}`}>{t(words.wall)}</LinkButton>
          </Flex>
          <OfDepartment of={d.rooms} label={d.name} onChange={setOpen} />
        </section>
      ))}
    </Flex>
  );
}

/** The rooms of a department in a table; on a phone one below the other, so that what can be done is in sight. */
function OfDepartment({ of, label, onChange }: { of: Room[]; label: string; onChange: (room: Room) => void }) {
  const t = useSay();
  const { modal } = App.useApp();
  const wide = useWide("small");
  const move = useAct();
  const close = (r: Room) =>
    void modal.confirm({
      title: t(words.closeRoomAsked, r.location.display),
      content: t(words.closeRoomWhat),
      okText: t(words.closeRoom),
      okButtonProps: { danger: true },
      cancelText: t(words.keepRoom),
      onOk: () => move.mutateAsync(act("Location/[id]/$close-room", r.location.reference, {})).catch(() => {}),
    });
  const moves = (r: Room) => (
    <Flex gap={4}>
      <Button size="small" aria-label={t(words.changeRoomOf, r.location.display)} onClick={() => onChange(r)}>{t(words.changeRoom)}</Button>
      <Button size="small" danger aria-label={t(words.closeRoomOf, r.location.display)} onClick={() => close(r)}>{t(words.closeRoom)}</Button>
    </Flex>
  );
  const sits = (r: Room) => r.doctor?.display ?? <Typography.Text type="secondary">{t(words.nobodySits)}</Typography.Text>;
  return (
    <Flex vertical gap="small">
      {move.error && <Failed error={move.error} />}
      {!wide && (
        <ul className="stack bare" aria-label={label}>
          {of.map((r) => (
            <li key={r.location.reference}>
              <Card size="small">
                <Flex vertical gap="small">
                  <Flex justify="space-between" gap="0 12px" wrap><strong>{r.location.display}</strong>{sits(r)}</Flex>
                  {r.way && <div>{r.way}</div>}
                  {moves(r)}
                </Flex>
              </Card>
            </li>
          ))}
        </ul>
      )}
      {wide && <Table<Room>
        size="small"
        aria-label={label}
        rowKey={(r) => r.location.reference}
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={of}
        columns={[
          { title: t(words.roomName), render: (_, r) => <strong>{r.location.display}</strong> },
          { title: t(words.way), render: (_, r) => <div className="long">{r.way}</div> },
          { title: t(words.who), render: (_, r) => sits(r) },
          { title: t(words.act), render: (_, r) => moves(r) },
        ]}
      />}
    </Flex>
  );
}
