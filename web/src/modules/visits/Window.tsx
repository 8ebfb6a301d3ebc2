import { ArrowLeftOutlined } from "@ant-design/icons";
import { Alert, App, Checkbox, Flex, Input, type InputRef, Radio, Typography } from "antd";
import { useRef, useState } from "react";
import type { Resource } from "../../api/fhir";
import { useActing, useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { nameOf } from "../../resource/summary";
import { numberOf } from "../residents/Banner";
import { dayAt } from "../../words/dates";
import { firstDay, hospitalsOf, type Segment, useDays, useOffered, useSegments, useTake } from "../booking/booking";
import { Segments } from "../booking/Segments";
import { spanOf, useWhen } from "../booking/times";
import { Week } from "../booking/Week";
import { Who } from "./Who";
import { words } from "./words";

/** Books for somebody at the window: who it is, the department, the time. */
export default function Window() {
  const t = useSay();
  const { institution = "" } = useActing();
  const offered = useOffered();
  const [who, choose] = useState<Resource>();
  const [department, enter] = useState("");
  const departments = offered.data ? (hospitalsOf(offered.data.found, offered.data.named).find((h) => h.reference === institution)?.departments ?? []) : [];
  const at = department || (departments.length === 1 ? (departments[0]?.reference ?? "") : "");
  return (
    <Flex vertical gap={16}>
      <div><LinkButton type="link" to="/visits" icon={<ArrowLeftOutlined aria-hidden />}>{t(words.back)}</LinkButton></div>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.bookTitle)}</Typography.Title>
      {offered.error && <Failed error={offered.error} again={() => void offered.refetch()} />}
      {offered.isPending && <Loading rows={6} />}
      {offered.data && departments.length === 0 && <Empty title={t(words.noDepartment)} why={t(words.noDepartmentWhy)} />}
      {departments.length > 0 && <Who chosen={who} onChoose={choose} />}
      {who && (
        <Part title={t(words.department)}>
          <Radio.Group aria-label={t(words.department)} value={at || null} onChange={(e) => enter(String(e.target.value))} optionType="button" options={departments.map((d) => ({ value: d.reference, label: d.name }))} />
        </Part>
      )}
      {who && at && <Times key={`${at} ${who.id}`} who={who} department={at} />}
    </Flex>
  );
}

function Times({ who, department }: { who: Resource; department: string }) {
  const t = useSay();
  const when = useWhen();
  const { modal } = App.useApp();
  const [chosen, choose] = useState("");
  const [done, tell] = useState("");
  const days = useDays(department);
  const day = chosen || (days.data ? firstDay(days.data.day, dayAt(new Date())) : "");
  const segments = useSegments(department, "", day);
  const take = useTake();
  const { role } = useActing();
  const field = useRef<InputRef>(null);
  const [extra, setExtra] = useState(false);
  const [reason, setReason] = useState("");
  const name = nameOf(who["name"] as { text?: string }[]) || t(words.ofNumber);
  const whom = who.id ? { patient: `Patient/${who.id}` } : { number: numberOf(who) };
  const ask = (s: Segment) => {
    if (extra && reason.trim() === "") return field.current?.focus();
    const what = t(words.confirmWhat, when.day(s), spanOf(s), [s.department.display, s.doctor?.display].filter(Boolean).join(" "));
    void modal.confirm({
      title: t(extra ? words.extraConfirm : words.confirm, name),
      content: what,
      okText: t(words.confirmOk),
      cancelText: t(words.keep),
      onOk: () => take.mutateAsync({ slot: s.slot, ...whom, atOnce: true, ...(extra && { reason: reason.trim() }) }).then(() => tell(t(words.done, name, what)), () => tell("")),
    });
  };
  if (days.isPending) return <Loading rows={4} />;
  if (days.error) return <Failed error={days.error} again={() => void days.refetch()} />;
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={2} style={{ margin: 0 }}>{t(words.time2)}</Typography.Title>
      {role === "doctor" && (
        <Flex vertical gap="small" style={{ maxWidth: 560 }}>
          <Checkbox checked={extra} onChange={(e) => setExtra(e.target.checked)}>{t(words.extra)}</Checkbox>
          {extra && (
            <Flex vertical gap={4}>
              <label htmlFor="extra-reason"><Typography.Text strong>{t(words.extraReason)}</Typography.Text></label>
              <Input id="extra-reason" ref={field} maxLength={200} value={reason} aria-required onChange={(e) => setReason(e.target.value)} />
              <Typography.Text type="secondary">{t(words.extraHelp)}</Typography.Text>
            </Flex>
          )}
        </Flex>
      )}
      <Week days={days.data.day} value={day} onChange={choose} />
      {done && <Alert type="success" showIcon role="status" title={done} action={<LinkButton size="small" to="/visits">{t(words.back)}</LinkButton>} />}
      {take.error && <Failed error={take.error} />}
      {extra && segments.data && !segments.data.some((s) => (s.extra ?? 0) > 0) && <Alert type="info" showIcon title={t(words.extraNone)} />}
      {segments.error && <Failed error={segments.error} again={() => void segments.refetch()} />}
      {segments.isPending ? <Loading rows={6} /> : <Segments of={segments.data ?? []} busy="" extra={extra} onChoose={ask} />}
    </Flex>
  );
}
