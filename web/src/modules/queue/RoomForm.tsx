import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Flex, Input, Select } from "antd";
import { type FormEvent, useState } from "react";
import type { Resource } from "../../api/fhir";
import { operate } from "../../api/parameters";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Opened } from "../../parts/Opened";
import { toast } from "../../plain/toasts";
import { titleOf } from "../../resource/summary";
import { Labelled } from "../clinics/Labelled";
import { idOf, type Room } from "./queue";
import { words } from "./words";

/** Opens a room, or changes what one is called and where it is. */
export function RoomForm({ old, departments, onClose }: { old: Room | undefined; departments: readonly Resource[]; onClose: () => void }) {
  const t = useSay();
  const { language } = useWho();
  const client = useQueryClient();
  const [name, call] = useState(old?.location.display ?? "");
  const [way, lead] = useState(old?.way ?? "");
  const [department, choose] = useState(old?.department.reference ?? (departments.length === 1 ? `HealthcareService/${departments[0]?.id}` : undefined));
  const [tried, setTried] = useState(false);
  const save = useMutation({
    mutationFn: async () => {
      const given = { name: name.trim(), department: department ?? "", way: way.trim() || undefined };
      if (old) await operate("Location/[id]/$open-room", given, { id: idOf(old.location.reference) });
      else await operate("Location/$open-room", given, {});
    },
    onSuccess: () => {
      toast("success", t(words.saved));
      onClose();
      return client.invalidateQueries({ queryKey: ["queue"] });
    },
  });
  const wrong = (is: boolean, id: string) => (tried && is ? { "aria-invalid": true as const, status: "error" as const, "aria-describedby": `${id}-wrong` } : {});
  const problem = (is: boolean) => (tried && is ? t(words.needed) : undefined);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() && department && !save.isPending) save.mutate();
  };
  return (
    <Opened title={t(old ? words.changeRoomOf : words.addRoom, old?.location.display ?? "")}>
      <form onSubmit={send} noValidate autoComplete="off">
        <Flex vertical gap="middle" style={{ maxWidth: 720 }}>
          {save.error && <Failed error={save.error} />}
          <Labelled id="room-department" label={t(words.department)} problem={problem(!department)}>
            <Select
              virtual={false} id="room-department" aria-label={t(words.department)} {...wrong(!department, "room-department")} showSearch={{ optionFilterProp: "label" }} placeholder={t(words.choose)}
              value={department} onChange={choose} options={departments.map((d) => ({ value: `HealthcareService/${d.id}`, label: titleOf(d, language) }))}
            />
          </Labelled>
          <Labelled id="room-name" label={t(words.roomName)} doc={t(words.roomNameHelp)} problem={problem(!name.trim())}>
            <Input id="room-name" maxLength={30} value={name} {...wrong(!name.trim(), "room-name")} onChange={(e) => call(e.target.value)} />
          </Labelled>
          <Labelled id="room-way" label={t(words.way)} doc={t(words.wayHelp)}>
            <Input id="room-way" maxLength={100} value={way} onChange={(e) => lead(e.target.value)} />
          </Labelled>
          <Flex gap="small">
            <Button type="primary" htmlType="submit" loading={save.isPending}>{t(words.save)}</Button>
            <Button onClick={onClose}>{t(words.cancel)}</Button>
          </Flex>
        </Flex>
      </form>
    </Opened>
  );
}
