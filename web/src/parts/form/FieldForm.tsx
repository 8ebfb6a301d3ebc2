import { Alert, Button, Flex } from "antd";
import { type FormEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useSay, useWho } from "../../app/session";
import { words } from "../words";
import { draftOf, dropDraft, keepDraft } from "./draft";
import { FieldInput } from "./FieldInput";
import { refusedAt } from "./named";
import type { Field } from "./schema";
import { blank, isEmpty, type Typed, type Values, wrongIn } from "./values";

interface FieldFormProps {
  fields: Field[];
  name: string; // under which what is typed is kept until it is sent
  send: string; // what the button says
  danger?: boolean;
  preset?: Values;
  busy: boolean;
  error: Error | null;
  check?: (values: Values) => Record<string, string>; // what else is wrong, by the paths of the fields
  show?: (field: Field, values: Values) => boolean; // which fields are asked for, where that depends on others
  onSend: (values: Values) => void;
  children?: ReactNode; // more buttons
}

/** A form of fields that are sent as the caller likes. What is typed stays until it is sent; what is wrong stands at its field. */
export function FieldForm({ fields, name, send, danger, preset, busy, error, check, show, onSend, children }: FieldFormProps) {
  const t = useSay();
  const { language } = useWho();
  const [restored] = useState(() => draftOf(name));
  const [values, setValues] = useState<Values>({ ...blank(fields), ...preset, ...restored });
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [kept, setKept] = useState(Boolean(restored));
  const form = useRef<HTMLFormElement>(null);
  const asked = fields.filter((f) => show?.(f, values) ?? true);
  const refused = useMemo(() => refusedAt(error, fields, language), [error, fields, language]);
  const shown = { ...refused.fields, ...wrong };
  const count = Object.keys(shown).length;

  useEffect(() => {
    if (count > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid="true"] input')?.focus();
  }, [count, error]);

  function change(field: Field, value: Typed) {
    const next = { ...values, [field.name]: value };
    setValues(next);
    setWrong((before) => Object.fromEntries(Object.entries(before).filter(([path]) => path.split(".")[0] !== field.name)));
    if (isEmpty(next)) dropDraft(name);
    else keepDraft(name, next);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    const now = { ...check?.(values), ...wrongIn(asked, values, language) };
    setWrong(now);
    if (Object.keys(now).length === 0) onSend(values);
  }

  return (
    <form ref={form} onSubmit={submit} noValidate autoComplete="off">
      <Flex vertical gap="middle" style={{ maxWidth: 720 }}>
        {kept && (
          <Alert
            type="info"
            showIcon
            role="status"
            title={t(words.draft)}
            action={
              <Button
                size="small"
                onClick={() => {
                  setValues({ ...blank(fields), ...preset });
                  dropDraft(name);
                  setKept(false);
                }}
              >
                {t(words.discard)}
              </Button>
            }
          />
        )}
        {refused.rest.map((text) => <Alert key={text} type="error" showIcon role="alert" title={text} />)}
        {count > 0 && <Alert type="error" showIcon role="alert" title={t(words.mend, count)} />}
        {asked.map((f) => <FieldInput key={f.name} field={f} path={f.name} value={values[f.name]} wrong={shown} about={undefined} fixed={Boolean(preset?.[f.name])} onChange={(v) => change(f, v)} />)}
        <Flex gap="small" wrap>
          <Button type="primary" htmlType="submit" loading={busy} danger={danger ?? false}>{send}</Button>
          {children}
        </Flex>
      </Flex>
    </form>
  );
}
