import { Button, Flex, Input, Select } from "antd";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { useSay } from "../../app/session";
import { useWide } from "../../plain/screen";
import type { Text } from "../../words";
import type { Sought } from "./near";
import { insurances, kinds, languages, levels, words } from "./words";

const prices = [10, 20, 30, 50, 100]; // yuan
const distances = [3, 5, 10, 20, 50]; // km

/** What departments should be like; it is looked for when that is asked for, so that it stands still meanwhile. On a phone what is rarely asked is folded. */
export function Criteria({ onSeek, busy }: { onSeek: (sought: Sought) => void; busy: boolean }) {
  const t = useSay();
  const id = useId();
  const [given, give] = useState<Sought>({});
  const wide = useWide("small");
  const [all, unfold] = useState(false);
  const put = (more: Partial<Sought>) => give({ ...given, ...more });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    onSeek(given);
  };
  const clear = () => {
    give({});
    onSeek({});
  };
  const coded = <K extends "kind" | "insurance" | "level" | "language">(name: K, of: Record<string, Text>, label: Text) => (
    <Field id={`${id}-${name}`} label={t(label)}>
      <Select virtual={false} id={`${id}-${name}`} aria-label={t(label)} value={given[name] ?? ""} style={{ width: "100%" }}
        options={[{ value: "", label: t(words.any) }, ...Object.entries(of).map(([value, text]) => ({ value, label: t(text) }))]}
        onChange={(value: string) => put({ [name]: value || undefined })} />
    </Field>
  );
  const counted = (name: "price" | "km", of: readonly number[], label: Text, each: Text) => (
    <Field id={`${id}-${name}`} label={t(label)}>
      <Select virtual={false} id={`${id}-${name}`} aria-label={t(label)} value={given[name] ?? 0} style={{ width: "100%" }}
        options={[{ value: 0, label: t(words.any) }, ...of.map((value) => ({ value, label: t(each, value) }))]}
        onChange={(value: number) => put({ [name]: value || undefined })} />
    </Field>
  );
  return (
    <form onSubmit={submit} role="search" autoComplete="off">
      <div style={{ display: "grid", gap: 12, gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 200px), 1fr))" }}>
        <Field id={`${id}-disease`} label={t(words.disease)}>
          <Input id={`${id}-disease`} placeholder={t(words.diseaseHint)} value={given.disease ?? ""} onChange={(e) => put({ disease: e.target.value || undefined })} />
        </Field>
        <Field id={`${id}-text`} label={t(words.name)}>
          <Input id={`${id}-text`} value={given.text ?? ""} onChange={(e) => put({ text: e.target.value || undefined })} />
        </Field>
        {counted("km", distances, words.farMost, words.within)}
        {(wide || all) && (
          <>
            {counted("price", prices, words.atMost, words.upTo)}
            {coded("kind", kinds, words.kind)}
            {coded("insurance", insurances, words.insurance)}
            {coded("level", levels, words.level)}
            {coded("language", languages, words.language)}
          </>
        )}
      </div>
      {!wide && <Button type="link" aria-expanded={all} style={{ paddingInline: 0 }} onClick={() => unfold(!all)}>{t(all ? words.fewerCriteria : words.moreCriteria)}</Button>}
      <Flex gap="small" wrap style={{ marginBlockStart: 16 }}>
        <Button type="primary" htmlType="submit" loading={busy}>{t(words.search)}</Button>
        <Button onClick={clear}>{t(words.clear)}</Button>
      </Flex>
    </form>
  );
}

function Field({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  return <div style={{ minWidth: 0 }}><label htmlFor={id} style={{ display: "block" }}>{label}</label>{children}</div>;
}
