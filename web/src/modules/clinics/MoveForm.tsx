import { Alert, App, Button, Flex, Input, InputNumber, Select, Typography } from "antd";
import { type FormEvent, useState } from "react";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { dateOf, dayAt } from "../../words/dates";
import { type Clinic, useDoctors, useMoveDay } from "./clinics";
import { Labelled } from "./Labelled";
import { words } from "./words";

/** Changes one day of a clinic: who sees people then, or how much later it begins; it says how many visits were changed. */
export function MoveForm({ id, of }: { id: string; of: Clinic }) {
  const t = useSay();
  const { language } = useWho();
  const { institution } = useActing();
  const { modal } = App.useApp();
  const doctors = useDoctors(institution ?? "");
  const move = useMoveDay(id);
  const today = dayAt(new Date());
  const [day, setDay] = useState(today);
  const [doctor, setDoctor] = useState("");
  const [later, setLater] = useState<number>();
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const missing = reason.trim() === "";
  const nothing = doctor === "" && later === undefined;
  const able = (doctors.data ?? []).filter((d) => d.departments.length === 0 || d.departments.includes(of.department.reference));

  function send(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (missing || nothing || move.isPending) return;
    void modal.confirm({
      title: t(words.moveAsked, dateOf(day, language)),
      content: t(words.moveWill),
      okText: t(words.move),
      cancelText: t(words.moveKeep),
      onOk: () => move.mutateAsync({ day, doctor: doctor || undefined, later, reason: reason.trim() }).then(() => { setReason(""); setTried(false); }, () => {}),
    });
  }

  return (
    <form onSubmit={send} noValidate autoComplete="off">
      <Flex vertical gap="middle" style={{ maxWidth: 720 }}>
        <Typography.Text type="secondary">{t(words.moveWhy)}</Typography.Text>
        {move.error && <Failed error={move.error} />}
        {doctors.error && <Failed error={doctors.error} again={() => void doctors.refetch()} />}
        {move.data && <Alert type="success" showIcon role="status" title={t(words.moveDone, move.data.segments, move.data.visits)} />}
        {tried && nothing && <Alert type="error" showIcon role="alert" title={t(words.moveNothing)} />}
        <div style={{ display: "grid", gap: 16, gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 200px), 1fr))" }}>
          <Labelled id="move-day" label={t(words.moveDay)}><Input id="move-day" type="date" min={today} value={day} onChange={(e) => setDay(e.target.value)} /></Labelled>
          <Labelled id="move-doctor" label={t(words.moveDoctor)}>
            <Select
              virtual={false} id="move-doctor" aria-label={t(words.moveDoctor)} loading={doctors.isPending} showSearch={{ optionFilterProp: "label" }} value={doctor}
              options={[{ value: "", label: t(words.asItIs) }, ...able.map((d) => ({ value: d.reference, label: d.name }))]} onChange={setDoctor}
            />
          </Labelled>
          <Labelled id="move-later" label={t(words.moveLater)} doc={t(words.moveLaterHelp)}><InputNumber id="move-later" min={-240} max={240} step={5} value={later ?? null} onChange={(n) => setLater(n ?? undefined)} style={{ width: "100%" }} /></Labelled>
        </div>
        <Labelled id="move-reason" label={t(words.moveReason)} doc={t(words.reasonHelp)} problem={tried && missing ? t(words.moveReasonNeeded) : undefined}>
          <Input id="move-reason" maxLength={100} value={reason} {...(tried && missing && { "aria-invalid": true, status: "error" as const, "aria-describedby": "move-reason-wrong" })} onChange={(e) => setReason(e.target.value)} />
        </Labelled>
        <div><Button htmlType="submit" loading={move.isPending}>{t(words.move)}</Button></div>
      </Flex>
    </form>
  );
}
