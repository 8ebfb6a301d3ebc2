import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Card, Flex, theme, Typography } from "antd";
import { type ReactNode, useId } from "react";
import { useSay } from "../../app/session";
import { words } from "../words";
import { OneInput } from "./OneInput";
import type { Field } from "./schema";
import { allOf, oneBlank, partOf, pathOf, type Typed } from "./values";

interface FieldInputProps {
  field: Field;
  path: string; // of the field, without a number
  value: Typed | undefined;
  wrong: Record<string, string>;
  about: string | undefined;
  fixed?: boolean; // it was chosen before the form was opened
  onChange: (value: Typed) => void;
}

/** A field: its label, its values, what is wrong with them. */
export function FieldInput({ field, path, value, wrong, about, fixed, onChange }: FieldInputProps) {
  const t = useSay();
  if (!field.many) return <One field={field} path={path} value={value} wrong={wrong} about={about} fixed={fixed ?? false} onChange={onChange} />;
  const all = allOf(field, value);
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
      <legend style={{ padding: 0 }}><Label field={field} /></legend>
      {field.doc && <Typography.Paragraph type="secondary" style={{ margin: 0 }}>{field.doc}</Typography.Paragraph>}
      <Flex vertical gap="small">
        {all.map((one, i) => (
          <Flex key={i} gap="small" align="start">
            <div style={{ flex: 1, minWidth: 0 }}>
              <One field={{ ...field, label: `${field.label} ${i + 1}`, doc: "" }} path={`${path}.${i}`} value={one} wrong={wrong} about={about} fixed={false} onChange={(v) => onChange(all.with(i, v))} />
            </div>
            <Button icon={<DeleteOutlined />} aria-label={t(words.remove, i + 1)} onClick={() => onChange(all.filter((_, k) => k !== i))} />
          </Flex>
        ))}
        {all.length < field.most && <Button icon={<PlusOutlined />} style={{ alignSelf: "start" }} onClick={() => onChange([...all, oneBlank(field)])}>{t(words.add)}</Button>}
        {all.length === 0 && wrong[pathOf("", field, 0)] && <Typography.Text type="danger" role="alert">{wrong[pathOf("", field, 0)]}</Typography.Text>}
      </Flex>
    </fieldset>
  );
}

interface OneProps extends FieldInputProps {
  fixed: boolean;
}

/** One value of a field. */
function One({ field, path, value, wrong, about, fixed, onChange }: OneProps) {
  const id = useId();
  const problem = wrong[path];
  if (field.kind === "part") {
    return (
      <Card size="small" title={field.label}>
        <Flex vertical gap="middle">
          {field.fields.map((f) => (
            <FieldInput key={f.name} field={f} path={`${path}.${f.name}`} value={partOf(value, f.name)} wrong={wrong} about={about} onChange={(v) => onChange({ ...(typeof value === "object" && !Array.isArray(value) ? value : {}), [f.name]: v })} />
          ))}
        </Flex>
      </Card>
    );
  }
  const described = [field.doc && `${id}-doc`, problem && `${id}-wrong`].filter(Boolean).join(" ");
  const grouped = field.kind === "boolean" || field.kind === "coding" || field.kind === "identifier" || (field.kind === "code" && Boolean(field.codes));
  return (
    <Frame grouped={grouped} id={id} field={field} problem={problem}>
      <OneInput field={field} id={id} value={value} invalid={Boolean(problem)} described={described} about={about} fixed={fixed} onChange={onChange} />
    </Frame>
  );
}

/** What stands around an input: its label, its help, what is wrong. */
function Frame({ grouped, id, field, problem, children }: { grouped: boolean; id: string; field: Field; problem: string | undefined; children: ReactNode }) {
  const { token } = theme.useToken();
  const inside = (
    <>
      {field.doc && <Typography.Paragraph id={`${id}-doc`} type="secondary" style={{ margin: 0 }}>{field.doc}</Typography.Paragraph>}
      {children}
      {problem && <Typography.Text id={`${id}-wrong`} type="danger">{problem}</Typography.Text>}
    </>
  );
  const style = problem ? { borderInlineStart: `3px solid ${token.colorError}`, paddingInlineStart: 12 } : {};
  return grouped ? (
    <fieldset style={{ border: 0, margin: 0, padding: 0, minWidth: 0, ...style }} data-invalid={Boolean(problem)}>
      <legend style={{ padding: 0 }}><Label field={field} /></legend>
      <Flex vertical gap={4}>{inside}</Flex>
    </fieldset>
  ) : (
    <Flex vertical gap={4} style={style}>
      <label htmlFor={id}><Label field={field} /></label>
      {inside}
    </Flex>
  );
}

function Label({ field }: { field: Field }) {
  const t = useSay();
  return (
    <>
      <Typography.Text strong>{field.label}</Typography.Text>
      {!field.required && <Typography.Text type="secondary">{` (${t(words.optional)})`}</Typography.Text>}
    </>
  );
}
