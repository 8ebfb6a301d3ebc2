import { Alert, App, Button, Flex, Input, Typography } from "antd";
import { type FormEvent, useState } from "react";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { dateOf, dayAt } from "../../words/dates";
import { Labelled } from "./Labelled";
import { useStop } from "./clinics";
import { words } from "./words";

/** Stops a clinic for some days, with the reason that those read who have booked; it says how many visits were called off. */
export function StopForm({ id }: { id: string }) {
  const t = useSay();
  const { language } = useWho();
  const { modal } = App.useApp();
  const stop = useStop(id);
  const today = dayAt(new Date());
  const [from, setFrom] = useState(today);
  const [to, setTo] = useState(today);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const wrong = tried && reason.trim() === "" ? t(words.reasonNeeded) : "";

  function send(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (reason.trim() === "" || stop.isPending) return;
    void modal.confirm({
      title: t(words.stopAsked, dateOf(from, language), dateOf(to, language)),
      content: t(words.stopWill),
      okText: t(words.stop),
      okButtonProps: { danger: true },
      cancelText: t(words.stopKeep),
      onOk: () => stop.mutateAsync({ from, to, reason: reason.trim() }).then(() => { setReason(""); setTried(false); }, () => {}),
    });
  }

  return (
    <form onSubmit={send} noValidate autoComplete="off">
      <Flex vertical gap="middle" style={{ maxWidth: 720 }}>
        <Typography.Text type="secondary">{t(words.stopWhy)}</Typography.Text>
        {stop.error && <Failed error={stop.error} />}
        {stop.data && (
          <Alert
            type="success" showIcon role="status" title={t(words.stopDone, stop.data.segments, stop.data.visits)}
            description={stop.data.later && t(words.stopLater, dateOf(stop.data.later, language))}
          />
        )}
        <Flex gap="middle" wrap>
          <Labelled id="stop-from" label={t(words.stopFrom)}><Input id="stop-from" type="date" min={today} value={from} onChange={(e) => { setFrom(e.target.value); if (e.target.value > to) setTo(e.target.value); }} /></Labelled>
          <Labelled id="stop-to" label={t(words.stopTo)}><Input id="stop-to" type="date" min={from} value={to} onChange={(e) => setTo(e.target.value)} /></Labelled>
        </Flex>
        <Labelled id="stop-reason" label={t(words.reason)} doc={t(words.reasonHelp)} problem={wrong}>
          <Input id="stop-reason" maxLength={100} value={reason} aria-invalid={Boolean(wrong)} {...(wrong && { status: "error" as const, "aria-describedby": "stop-reason-wrong" })} onChange={(e) => setReason(e.target.value)} />
        </Labelled>
        <div><Button danger htmlType="submit" loading={stop.isPending}>{t(words.stop)}</Button></div>
      </Flex>
    </form>
  );
}
