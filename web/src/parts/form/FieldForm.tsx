import { Alert, Button, Collapse, Flex } from "antd";
import { type FormEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useSay, useWho } from "../../app/session";
import { words } from "../words";
import { draftOf, dropDraft, keepDraft } from "./draft";
import { FieldInput } from "./FieldInput";
import { refusedAt } from "./named";
import type { Refused } from "./refused";
import type { Field } from "./schema";
import { blank, isEmpty, type Typed, type Values, wrongIn } from "./values";

/** What every form is told. */
export interface FormProps {
  name: string; // under which what is typed is kept until it is sent
  send: string; // what the button says
  danger?: boolean;
  preset?: Values;
  about?: string; // the resident of whom records are chosen
  fold?: boolean; // what need not be filled in stands behind a line
  busy: boolean;
  error: Error | null;
  children?: ReactNode; // more buttons
}

interface FieldFormProps extends FormProps {
  fields: Field[];
  check?: (values: Values) => Record<string, string>; // what else is wrong, by the paths of the fields
  show?: (field: Field, values: Values) => boolean; // which fields are asked for, where that depends on others
  refused?: Refused; // what the server has refused, where its error does not name the fields
  onSend: (values: Values) => void;
}

/** A form of fields that are sent as the caller likes. What is typed stays until it is sent; what is wrong stands at its field. */
export function FieldForm({ fields, name, send, danger = false, preset, about, fold, busy, error, check, show, refused, onSend, children }: FieldFormProps) {
  const t = useSay();
  const { language } = useWho();
  const [restored] = useState(() => draftOf(name));
  const [values, setValues] = useState<Values>({ ...blank(fields), ...preset, ...restored });
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [tries, setTries] = useState(0); // in which something was wrong
  const [kept, setKept] = useState(Boolean(restored));
  const form = useRef<HTMLFormElement>(null);
  const asked = fields.filter((f) => show?.(f, values) ?? true);
  const named = useMemo(() => refused ?? refusedAt(error, fields, language), [refused, error, fields, language]);
  const shown = { ...named.fields, ...wrong };
  const count = Object.keys(shown).length;

  // Whoever sends goes to what is wrong first; whoever mends it stays where they type.
  useEffect(() => {
    if (tries > 0 || error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid="true"] input')?.focus();
  }, [tries, error]);

  function change(field: Field, value: Typed) {
    const next = { ...values, [field.name]: value };
    setValues(next);
    setWrong((before) => Object.fromEntries(Object.entries(before).filter(([path]) => path.split(".")[0] !== field.name)));
    if (isEmpty(next)) dropDraft(name);
    else keepDraft(name, next);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    const now = { ...check?.(values), ...wrongIn(asked, values, language) };
    setWrong(now);
    if (Object.keys(now).length === 0) onSend(values);
    else setTries(tries + 1);
  }

  function discard() {
    setValues({ ...blank(fields), ...preset });
    dropDraft(name);
    setKept(false);
  }

  const folded = fold ? asked.filter((f) => !f.required && !shown[f.name] && isEmpty(values[f.name])) : [];
  const drawn = (f: Field) => (
    <FieldInput key={f.name} field={f} path={f.name} value={values[f.name]} wrong={shown} about={about} fixed={Boolean(preset?.[f.name])} onChange={(v) => change(f, v)} />
  );
  return (
    <form ref={form} onSubmit={submit} noValidate autoComplete="off">
      <Flex vertical gap="middle" style={{ maxWidth: 720 }}>
        {kept && <Alert type="info" showIcon role="status" title={t(words.draft)} action={<Button size="small" onClick={discard}>{t(words.discard)}</Button>} />}
        {named.rest.map((text) => <Alert key={text} type="error" showIcon role="alert" title={text} />)}
        {count > 0 && <Alert type="error" showIcon role="alert" title={t(words.mend, count)} />}
        {asked.filter((f) => !folded.includes(f)).map(drawn)}
        {folded.length > 0 && <Collapse ghost items={[{ key: "more", label: t(words.more), children: <Flex vertical gap="middle">{folded.map(drawn)}</Flex> }]} />}
        <Flex gap="small" wrap>
          <Button type="primary" htmlType="submit" loading={busy} danger={danger}>{send}</Button>
          {children}
        </Flex>
      </Flex>
    </form>
  );
}
