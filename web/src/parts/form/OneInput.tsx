import { Flex, Input, Radio, Select, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { words } from "../words";
import { ReferencePicker } from "./ReferencePicker";
import type { Field } from "./schema";
import { partOf, roomIn, textOf, type Typed } from "./values";

interface OneInputProps {
  field: Field;
  id: string;
  value: Typed | undefined;
  invalid: boolean;
  described: string;
  about: string | undefined;
  fixed: boolean;
  onChange: (value: Typed) => void;
}

const longFrom = 300; // bytes of a text that gets several lines
const listedFrom = 8; // codes that are chosen from a list

/** What one types or chooses a value of a field with. */
export function OneInput({ field, id, value, invalid, described, about, fixed, onChange }: OneInputProps) {
  const t = useSay();
  const { language } = useWho();
  const text = textOf(value);
  const told = { id, "aria-invalid": invalid, "aria-describedby": described || undefined, "aria-required": field.required };
  const status = invalid ? { status: "error" as const } : {};
  const put = (event: { target: { value: string } }) => onChange(event.target.value);
  switch (field.kind) {
    case "text": {
      if (field.bytes < longFrom) return <Input {...told} {...status} value={text} onChange={put} />;
      const room = roomIn(field, text, language);
      return (
        <>
          <Input.TextArea {...told} {...status} rows={4} value={text} onChange={put} />
          {room < 200 && room >= 0 && <Typography.Text type="secondary">{t(words.left, room)}</Typography.Text>}
        </>
      );
    }
    case "resource":
      return <Input.TextArea {...told} {...status} rows={8} spellCheck={false} aria-label={t(words.resource)} placeholder={t(words.resource)} value={text} onChange={put} />;
    case "boolean":
      return <Radio.Group name={id} aria-describedby={described || undefined} value={text} onChange={(e) => onChange(String(e.target.value))} options={[{ value: "true", label: t(words.yes) }, { value: "false", label: t(words.no) }]} />;
    case "integer":
    case "decimal":
      return <Input {...told} {...status} inputMode={field.kind === "integer" ? "numeric" : "decimal"} style={{ maxWidth: 200 }} value={text} onChange={put} />;
    case "date":
    case "dateTime":
      return <Input {...told} {...status} type="date" style={{ maxWidth: 220 }} value={text} onChange={put} />;
    case "instant":
      return <Input {...told} {...status} type="datetime-local" style={{ maxWidth: 280 }} value={text} onChange={put} />;
    case "code":
      return <Code field={field} id={id} text={text} invalid={invalid} described={described} onChange={onChange} />;
    case "reference":
      return <ReferencePicker field={field} id={id} value={text} invalid={invalid} described={described} about={about} fixed={fixed} onChange={onChange} />;
    default: {
      const names = field.kind === "coding" ? (["system", "code", "display"] as const) : (["system", "value"] as const);
      const labels = { system: words.system, code: words.code, display: words.name, value: words.value };
      return (
        <Flex gap="small" wrap>
          {names.map((name) => (
            <label key={name} style={{ flex: "1 1 160px" }}>
              {t(labels[name])}
              <Input {...status} aria-invalid={invalid && name !== "system" && name !== "display"} value={textOf(partOf(value, name))} onChange={(e) => onChange({ ...(typeof value === "object" && !Array.isArray(value) ? value : {}), [name]: e.target.value })} />
            </label>
          ))}
        </Flex>
      );
    }
  }
}

function Code({ field, id, text, invalid, described, onChange }: { field: Field; id: string; text: string; invalid: boolean; described: string; onChange: (value: Typed) => void }) {
  const t = useSay();
  const status = invalid ? { status: "error" as const } : {};
  if (!field.codes) return <Input id={id} {...status} aria-invalid={invalid} aria-describedby={described || undefined} value={text} onChange={(e) => onChange(e.target.value)} />;
  const options = field.codes.map((c) => ({ value: c.code, label: c.label }));
  if (options.length >= listedFrom) {
    return <Select virtual={false} id={id} {...status} aria-label={field.label} aria-invalid={invalid} showSearch={{ optionFilterProp: "label" }} placeholder={t(words.choose)} value={text || null} options={options} onChange={(v: string) => onChange(v)} />;
  }
  return (
    <Radio.Group name={id} aria-describedby={described || undefined} value={text} onChange={(e) => onChange(String(e.target.value))}>
      <Flex vertical gap={4}>
        {options.map((o) => <Radio key={o.value} value={o.value}>{o.label}</Radio>)}
      </Flex>
    </Radio.Group>
  );
}
