import { Alert, Button, Flex, Typography } from "antd";
import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Resource } from "../../api/fhir";
import { Problem } from "../../api/http";
import { useSay, useWho } from "../../app/session";
import { draftOf, dropDraft, keepDraft } from "../../parts/form/draft";
import { FieldInput } from "../../parts/form/FieldInput";
import { type Refused, refusedOf } from "../../parts/form/refused";
import type { Field } from "../../parts/form/schema";
import { sentOf, textOf, type Typed, type Values, wrongIn } from "../../parts/form/values";
import { told } from "../../parts/told";
import { Attach } from "./Attach";
import type { Way } from "./agreements";
import { Days } from "./Days";
import { Departments } from "./Departments";
import { words } from "./words";

/** What was typed in a form, which is kept until it is sent. */
export function useTyped(name: string) {
  const [restored] = useState(() => draftOf(name));
  const [typed, type] = useState<Values>(restored ?? {});
  const [drafted, draft] = useState(Boolean(restored));
  return {
    typed, drafted,
    put: (field: string, value: Typed) => {
      const next = { ...typed, [field]: value };
      type(next);
      keepDraft(name, next);
    },
    discard: () => {
      type({});
      draft(false);
      dropDraft(name);
    },
  };
}

interface LetterFormProps {
  way: Way;
  green: boolean; // by the green channel
  form: ReturnType<typeof useTyped>;
  values: Values; // what was typed, and what stands where nothing was
  fields: Field[];
  sent: Field[]; // those among them whose refusal the error tells
  all: Resource[]; // what of the record a letter may take along
  said: string; // where what stands in the form is from
  after: string; // what happens then
  send: string;
  busy: boolean;
  error: Error | null;
  onSend: () => void;
  onCancel: () => void;
}

const listOf = (value: Typed | undefined): string[] => (Array.isArray(value) ? value.map(textOf).filter(Boolean) : []);

/** The form of a letter: where it leads, what it says, what it takes along, and what else is asked for with it. */
export function LetterForm(props: LetterFormProps) {
  const { way, green, form, values, fields, sent, all, said, after, send, busy, error, onSend, onCancel } = props;
  const t = useSay();
  const { language } = useWho();
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [tries, setTries] = useState(0);
  const shown = useRef<HTMLFormElement>(null);
  const refused = useMemo<Refused>(() => {
    if (!(error instanceof Problem)) return { fields: {}, rest: error ? [told(error, language)] : [] };
    return refusedOf(error, sent, sentOf(sent, values).places, language);
  }, [error, sent, values, language]);
  const marked = { ...refused.fields, ...wrong };
  const count = Object.keys(marked).length;
  useEffect(() => {
    if (tries > 0 || error) shown.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid="true"] input')?.focus();
  }, [tries, error]);
  const put = (field: string, value: Typed) => {
    setWrong({});
    form.put(field, value);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const now = wrongIn(fields, values, language);
    setWrong(now);
    if (Object.keys(now).length > 0) setTries(tries + 1);
    else onSend();
  };
  const of = (field: string) => marked[field] ?? Object.entries(marked).find(([path]) => path.startsWith(`${field}.`))?.[1] ?? "";
  const drawn = (f: Field) => {
    switch (f.name) {
      case "department":
        return (
          <Departments
            key={f.name}
            way={way}
            green={green}
            value={textOf(values[f.name])}
            wrong={of(f.name)}
            onChange={(v) => put(f.name, v)}
          />
        );
      case "attached":
        return <Attach key={f.name} all={all} value={listOf(values[f.name])} onChange={(v) => put(f.name, v)} />;
      case "follow-up":
        return <Days key={f.name} value={listOf(values[f.name])} wrong={of(f.name)} onChange={(v) => put(f.name, v)} />;
      default:
        return (
          <FieldInput
            key={f.name}
            field={f}
            path={f.name}
            value={values[f.name] ?? ""}
            wrong={marked}
            about={undefined}
            onChange={(v) => put(f.name, v)}
          />
        );
    }
  };
  return (
    <form ref={shown} onSubmit={submit} noValidate autoComplete="off">
      <Flex vertical gap="large" style={{ maxWidth: 880 }}>
        {form.drafted && (
          <Alert
            type="info"
            showIcon
            role="status"
            title={t(words.drafted)}
            action={<Button size="small" onClick={form.discard}>{t(words.anew)}</Button>}
          />
        )}
        {!form.drafted && said && <Typography.Text type="secondary">{said}</Typography.Text>}
        {refused.rest.map((text) => <Alert key={text} type="error" showIcon role="alert" title={text} />)}
        {count > 0 && <Alert type="error" showIcon role="alert" title={t(words.mend, count)} />}
        {fields.map(drawn)}
        <Typography.Text type="secondary">{after}</Typography.Text>
        <Flex gap="small" wrap>
          <Button type="primary" htmlType="submit" loading={busy}>{send}</Button>
          <Button disabled={busy} onClick={onCancel}>{t(words.cancel)}</Button>
        </Flex>
      </Flex>
    </form>
  );
}
