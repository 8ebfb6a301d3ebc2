import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Card, Checkbox, Flex, Input, InputNumber, Typography } from "antd";
import { useSay } from "../../app/session";
import { type Session, type Weekday, week } from "./clinics";
import { Labelled } from "./Labelled";
import { weekdays, words } from "./words";

interface SessionsProps {
  value: readonly Session[];
  wrong: readonly string[];
  drawn: boolean; // then none are kept for a channel
  onChange: (sessions: Session[]) => void;
}

const most = 28;
const kept = ["phone", "app"] as const; // the channels for which places may be kept

/** An afternoon, which is proposed as another session. */
const another = (last: Session | undefined): Session => ({ day: last?.day ?? week.slice(0, 5), from: "14:00", to: "17:00", capacity: last?.capacity ?? 4, onsite: last?.onsite ?? 1, extra: last?.extra ?? 0 });

/** The sessions of a week: they are added, changed and taken out. */
export function Sessions({ value, wrong, drawn, onChange }: SessionsProps) {
  const t = useSay();
  return (
    <section>
      <Typography.Title level={2} style={{ marginBlock: "0 8px" }}>{t(words.sessions)}</Typography.Title>
      <Flex vertical gap="small">
        {value.map((s, i) => <One key={i} of={s} number={i} wrong={wrong} drawn={drawn} onChange={(next) => onChange(value.with(i, next))} onRemove={value.length > 1 ? () => onChange(value.filter((_, k) => k !== i)) : undefined} />)}
        {value.length < most && <div><Button icon={<PlusOutlined aria-hidden />} onClick={() => onChange([...value, another(value.at(-1))])}>{t(words.moreSession)}</Button></div>}
      </Flex>
    </section>
  );
}

interface OneProps {
  of: Session;
  number: number;
  wrong: readonly string[];
  drawn: boolean;
  onChange: (session: Session) => void;
  onRemove: (() => void) | undefined;
}

function One({ of: s, number: i, wrong, drawn, onChange, onRemove }: OneProps) {
  const t = useSay();
  const put = (more: Partial<Session>) => onChange({ ...s, ...more });
  const id = (field: string) => `clinic-${field}-${i}`;
  const mark = (field: string) => (wrong.includes(`${field}-${i}`) ? { "aria-invalid": true as const, status: "error" as const, "aria-describedby": `${id(field)}-wrong` } : {});
  const problem = (field: string) => (wrong.includes(`${field}-${i}`) ? t(words.needed) : undefined);
  return (
    <Card size="small" role="group" aria-label={t(words.sessionNumber, i + 1)}>
      <Flex vertical gap="small">
        <Flex justify="space-between" align="start" gap="small">
          <fieldset style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
            <legend style={{ padding: 0 }}><Typography.Text strong>{t(words.weekdays)}</Typography.Text></legend>
            <Checkbox.Group value={[...s.day]} onChange={(day: Weekday[]) => put({ day: week.filter((w) => day.includes(w)) })} options={week.map((value) => ({ value, label: t(weekdays[value]) }))} style={{ rowGap: 4 }} />
            {problem("day") && <div><Typography.Text type="danger" role="alert">{problem("day")}</Typography.Text></div>}
          </fieldset>
          {onRemove && <Button type="text" danger icon={<DeleteOutlined />} aria-label={t(words.remove, i + 1)} onClick={onRemove} />}
        </Flex>
        <div style={{ display: "grid", gap: 12, gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 150px), 1fr))" }}>
          <Labelled id={id("from")} label={t(words.begins)} problem={problem("from")}><Input id={id("from")} type="time" {...mark("from")} value={s.from} onChange={(e) => put({ from: e.target.value })} /></Labelled>
          <Labelled id={id("to")} label={t(words.until)} problem={problem("to")}><Input id={id("to")} type="time" {...mark("to")} value={s.to} onChange={(e) => put({ to: e.target.value })} /></Labelled>
          <Labelled id={id("capacity")} label={t(words.capacity)} problem={problem("capacity")}><InputNumber id={id("capacity")} {...mark("capacity")} min={1} max={200} value={s.capacity} onChange={(n) => put({ capacity: n ?? 0 })} style={{ width: "100%" }} /></Labelled>
          <Labelled id={id("onsite")} label={t(words.onsite)} problem={problem("onsite")}><InputNumber id={id("onsite")} {...mark("onsite")} min={0} max={200} value={s.onsite} onChange={(n) => put({ onsite: n ?? -1 })} style={{ width: "100%" }} /></Labelled>
          {!drawn && kept.map((field) => (
            <Labelled key={field} id={id(field)} label={t(words[field])} problem={problem(field)}><InputNumber id={id(field)} aria-describedby={id("kept")} {...mark(field)} min={0} max={200} value={s[field] ?? 0} onChange={(n) => put({ [field]: n || undefined })} style={{ width: "100%" }} /></Labelled>
          ))}
          <Labelled id={id("extra")} label={t(words.extra)} problem={problem("extra")}><InputNumber id={id("extra")} {...mark("extra")} min={0} max={50} value={s.extra ?? 0} onChange={(n) => put({ extra: n ?? 0 })} style={{ width: "100%" }} /></Labelled>
        </div>
        {!drawn && <Typography.Text type="secondary" id={id("kept")}>{t(words.keptHelp)}</Typography.Text>}
        <Checkbox checked={s.holidays ?? false} onChange={(e) => put({ holidays: e.target.checked })}>{t(words.holidays)}</Checkbox>
      </Flex>
    </Card>
  );
}
