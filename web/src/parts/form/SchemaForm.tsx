import { Alert, Button, Collapse, Flex } from "antd";
import { type FormEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { Problem } from "../../api/http";
import type { Parameters } from "../../api/parameters";
import { useSay, useWho } from "../../app/session";
import { told } from "../told";
import { words } from "../words";
import { FieldInput } from "./FieldInput";
import { draftOf, dropDraft, keepDraft } from "./draft";
import { refusedOf } from "./refused";
import { type Field, fieldsOf, type Schema } from "./schema";
import { blank, isEmpty, type Place, sentOf, type Typed, type Values, wrongIn } from "./values";

/** A form that a schema asks for. */
export interface SchemaFormProps {
  schema: Schema;
  name: string; // under which what is typed is kept until it is sent
  send: string; // what the button says
  danger?: boolean;
  preset?: Values;
  about?: string; // the resident of whom records are chosen
  fold?: boolean; // what need not be filled in stands behind a line
  busy: boolean;
  error: Error | null;
  onSend: (parameters: Parameters) => void;
  children?: ReactNode; // more buttons
}

/** A form drawn from a JSON Schema. What is typed stays until it is sent; what is wrong stands at its field. */
export function SchemaForm({ schema, name, send, danger, preset, about, fold, busy, error, onSend, children }: SchemaFormProps) {
  const t = useSay();
  const { language } = useWho();
  const fields = useMemo(() => fieldsOf(schema, language), [schema, language]);
  const [restored] = useState(() => draftOf(name));
  const [values, setValues] = useState<Values>({ ...blank(fields), ...preset, ...restored });
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [places, setPlaces] = useState<Place[]>([]);
  const [kept, setKept] = useState(Boolean(restored));
  const form = useRef<HTMLFormElement>(null);
  const problem = error instanceof Problem ? error : undefined;
  const refused = useMemo(() => (problem ? refusedOf(problem, fields, places, language) : { fields: {}, rest: error ? [told(error, language)] : [] }), [problem, error, fields, places, language]);
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
    const now = wrongIn(fields, values, language);
    setWrong(now);
    if (Object.keys(now).length > 0) return;
    const sent = sentOf(fields, values);
    setPlaces(sent.places);
    onSend(sent.parameters);
  }

  const folded = fold ? fields.filter((f) => !f.required && !shown[f.name] && isEmpty(values[f.name])) : [];
  const drawn = (f: Field) => (
    <FieldInput key={f.name} field={f} path={f.name} value={values[f.name]} wrong={shown} about={about} fixed={Boolean(preset?.[f.name])} onChange={(v) => change(f, v)} />
  );
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Flex vertical gap="middle">
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
        {fields.filter((f) => !folded.includes(f)).map(drawn)}
        {folded.length > 0 && <Collapse ghost items={[{ key: "more", label: t(words.more), children: <Flex vertical gap="middle">{folded.map(drawn)}</Flex> }]} />}
        <Flex gap="small" wrap>
          <Button type="primary" htmlType="submit" loading={busy} danger={danger ?? false}>{send}</Button>
          {children}
        </Flex>
      </Flex>
    </form>
  );
}
