import { Flex, Input, Modal, Radio, Select, Typography } from "antd";
import { useState } from "react";
import { useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import type { Text } from "../../words";
import { Labelled } from "../clinics/Labelled";
import { act, type Act, type Entry, type Priority, queuesOf, type Room, useAct } from "./queue";
import { said } from "./said";
import { words } from "./words";

/** What is asked about whom. */
export interface Asked {
  what: "call" | "transfer" | "prioritise" | "leave";
  of: Entry;
}

interface AskProps {
  asked: Asked;
  rooms: readonly Room[];
  room: string | undefined;
  onClose: () => void;
}

const texts: Record<Asked["what"], { title: Text; why: Text; ok: Text }> = {
  call: { title: words.callAsked, why: words.callWhat, ok: words.call },
  transfer: { title: words.transferOf, why: words.transferWhat, ok: words.ok },
  prioritise: { title: words.prioritiseOf, why: words.prioritiseWhat, ok: words.ok },
  leave: { title: words.leaveAsked, why: words.leaveWhat, ok: words.leave },
};

const priorities = Object.keys(said.priority) as Priority[];

/** Asks what is needed to call somebody out of turn, to move them, to give them priority, or to let them leave. */
export function Ask({ asked: { what, of }, rooms, room, onClose }: AskProps) {
  const t = useSay();
  const move = useAct();
  const [reason, write] = useState("");
  const [to, choose] = useState<string>();
  const [priority, prefer] = useState<Priority>(of.priority ?? "none");
  const [tried, setTried] = useState(false);
  const needsReason = what === "call" || what === "transfer";
  const noReason = tried && needsReason && reason.trim() === "";
  const noQueue = tried && what === "transfer" && !to;
  const mark = (wrong: boolean, id: string) => (wrong ? { "aria-invalid": true as const, status: "error" as const, "aria-describedby": `${id}-wrong` } : {});

  function send() {
    setTried(true);
    const why = reason.trim();
    if ((needsReason && !why) || (what === "transfer" && !to)) return;
    const doing: Record<Asked["what"], () => Act> = {
      call: () => act("Encounter/[id]/$call", of.ticket, { room, reason: why }),
      transfer: () => act("Encounter/[id]/$transfer", of.ticket, { to: to ?? "", reason: why }),
      prioritise: () => act("Encounter/[id]/$prioritise", of.ticket, { reason: priority }),
      leave: () => act("Encounter/[id]/$leave", of.ticket, {}),
    };
    move.mutate(doing[what](), { onSuccess: onClose });
  }

  return (
    <Modal
      open
      title={t(texts[what].title, `${of.number} ${of.patient.display}`)}
      okText={t(texts[what].ok)}
      okButtonProps={{ danger: what === "leave" }}
      cancelText={t(what === "leave" ? words.keep : words.cancel)}
      confirmLoading={move.isPending}
      onOk={send}
      onCancel={onClose}
      closable={{ "aria-label": t(words.close) }}
    >
      <Flex vertical gap="middle">
        <Typography.Text type="secondary">{t(texts[what].why)}</Typography.Text>
        {move.error && <Failed error={move.error} />}
        {what === "transfer" && (
          <Labelled id="ask-to" label={t(words.to)} problem={noQueue ? t(words.needed) : undefined}>
            <Select virtual={false} id="ask-to" aria-label={t(words.to)} {...mark(noQueue, "ask-to")} placeholder={t(words.choose)} value={to} onChange={choose} options={queuesOf(rooms).filter((q) => q.value !== of.queue.reference)} />
          </Labelled>
        )}
        {what === "prioritise" && (
          <Radio.Group aria-label={t(words.prioritise)} optionType="button" value={priority} onChange={(e) => prefer(e.target.value as Priority)} options={priorities.map((p) => ({ value: p, label: t(said.priority[p]) }))} />
        )}
        {needsReason && (
          <Labelled id="ask-reason" label={t(words.reason)} problem={noReason ? t(words.reasonNeeded) : undefined}>
            <Input id="ask-reason" maxLength={100} value={reason} {...mark(noReason, "ask-reason")} onChange={(e) => write(e.target.value)} onPressEnter={send} />
          </Labelled>
        )}
      </Flex>
    </Modal>
  );
}
