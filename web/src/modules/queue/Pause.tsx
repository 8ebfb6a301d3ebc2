import { Flex, Input, Modal, Radio, Typography } from "antd";
import { useState } from "react";
import { useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Labelled } from "../clinics/Labelled";
import { act, useAct } from "./queue";
import { words } from "./words";

const spans = [5, 10, 15, 30, 60]; // minutes

/** Pauses a room for some minutes. */
export function Pause({ room, onClose }: { room: string; onClose: () => void }) {
  const t = useSay();
  const move = useAct();
  const [minutes, choose] = useState(10);
  const [reason, write] = useState("");
  const send = () => move.mutate(act("Location/[id]/$pause", room, { minutes, reason: reason.trim() || undefined }), { onSuccess: onClose });
  return (
    <Modal open title={t(words.pause)} okText={t(words.pause)} cancelText={t(words.cancel)} confirmLoading={move.isPending} onOk={send} onCancel={onClose} closable={{ "aria-label": t(words.close) }}>
      <Flex vertical gap="middle">
        <Typography.Text type="secondary">{t(words.pauseWhat)}</Typography.Text>
        {move.error && <Failed error={move.error} />}
        <Radio.Group aria-label={t(words.pauseMinutes)} optionType="button" value={minutes} onChange={(e) => choose(Number(e.target.value))} options={spans.map((m) => ({ value: m, label: t(words.minutes, m) }))} />
        <Labelled id="pause-reason" label={t(words.pauseReason)}><Input id="pause-reason" maxLength={40} value={reason} onChange={(e) => write(e.target.value)} /></Labelled>
      </Flex>
    </Modal>
  );
}
