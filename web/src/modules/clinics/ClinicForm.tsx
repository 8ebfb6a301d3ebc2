import { Alert, Button, Checkbox, Flex, Input, InputNumber, Select, Typography } from "antd";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { toast } from "../../plain/toasts";
import { titleOf } from "../../resource/summary";
import type { Text } from "../../words";
import { insurances, kinds } from "../booking/words";
import { type Doctor, keepingNone, type Pattern, useOpen, week, type Weekday, wrongIn } from "./clinics";
import { Labelled } from "./Labelled";
import { Sessions } from "./Sessions";
import { weekdays, words } from "./words";

const enterUsual = 24; // hours to enter a draw

interface ClinicFormProps {
  id: string; // "" for a new one
  old: Pattern;
  departments: readonly Resource[];
  doctors: readonly Doctor[];
}

/** How a clinic takes place: a new one, or a change of one. */
export function ClinicForm({ id, old, departments, doctors }: ClinicFormProps) {
  const t = useSay();
  const { language } = useWho();
  const go = useNavigate();
  const open = useOpen(id);
  const [given, give] = useState(old);
  const [tries, setTries] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const wrong = tries > 0 ? wrongIn(given) : [];
  const put = (more: Partial<Pattern>) => give({ ...given, ...more });
  const mark = (field: string) => (wrong.includes(field) ? { "aria-invalid": true as const, status: "error" as const, "aria-describedby": `clinic-${field}-wrong` } : {});
  const problem = (field: string) => (wrong.includes(field) ? t(words.needed) : undefined);
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries]);

  function send(event: FormEvent) {
    event.preventDefault();
    if (open.isPending) return;
    if (wrongIn(given).length > 0) return setTries(tries + 1);
    open.mutate(given, {
      onSuccess: (r) => {
        toast("success", t(words.saved));
        void go(`/clinics/${r.id}`);
      },
    });
  }

  const optionsOf = (of: Record<string, Text>) => Object.entries(of).map(([value, text]) => ({ value, label: t(text) }));
  const able = doctors.filter((d) => d.departments.length === 0 || d.departments.includes(given.department));
  return (
    <form ref={form} onSubmit={send} noValidate autoComplete="off">
      <Flex vertical gap="middle" style={{ maxWidth: 960 }}>
        {wrong.length > 0 && <Alert type="error" showIcon role="alert" title={t(words.wrong, wrong.length)} />}
        {open.error && <Failed error={open.error} />}
        <div style={{ display: "grid", gap: 16, gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 220px), 1fr))" }}>
          <Labelled id="clinic-department" label={t(words.department)} problem={problem("department")}>
            <Select
              virtual={false} id="clinic-department" aria-label={t(words.department)} {...mark("department")} disabled={id !== ""} showSearch={{ optionFilterProp: "label" }} placeholder={t(words.choose)}
              value={given.department || null} options={departments.map((r) => ({ value: `HealthcareService/${r.id}`, label: titleOf(r, language) }))}
              onChange={(department: string) => put({ department, doctor: undefined })}
            />
          </Labelled>
          <Labelled id="clinic-doctor" label={t(words.doctor)}>
            <Select
              virtual={false} id="clinic-doctor" aria-label={t(words.doctor)} disabled={id !== ""} showSearch={{ optionFilterProp: "label" }} value={given.doctor ?? ""}
              options={[{ value: "", label: t(words.everyDoctor) }, ...able.map((d) => ({ value: d.reference, label: d.name }))]}
              onChange={(doctor: string) => put({ doctor: doctor || undefined })}
            />
          </Labelled>
          <Labelled id="clinic-from" label={t(words.from)} problem={problem("from")}><Input id="clinic-from" type="date" {...mark("from")} value={given.from} onChange={(e) => put({ from: e.target.value })} /></Labelled>
          <Labelled id="clinic-to" label={t(words.to)} doc={t(words.toHelp)} problem={problem("to")}><Input id="clinic-to" type="date" {...mark("to")} min={given.from} value={given.to ?? ""} onChange={(e) => put({ to: e.target.value || undefined })} /></Labelled>
          <Labelled id="clinic-segment" label={t(words.segmentLabel)} problem={problem("segment")}><InputNumber id="clinic-segment" {...mark("segment")} min={5} max={120} value={given.segment} onChange={(n) => put({ segment: n ?? 0 })} style={{ width: "100%" }} /></Labelled>
          <Labelled id="clinic-price" label={t(words.priceLabel)} problem={problem("price")}><InputNumber id="clinic-price" {...mark("price")} min={0} value={given.price ?? null} onChange={(n) => put({ price: n ?? undefined })} style={{ width: "100%" }} /></Labelled>
          <Labelled id="clinic-kind" label={t(words.kind)}>
            <Select virtual={false} id="clinic-kind" aria-label={t(words.kind)} value={given.kind ?? "general"} options={optionsOf(kinds)} onChange={(kind: NonNullable<Pattern["kind"]>) => put({ kind })} />
          </Labelled>
          <Labelled id="clinic-insurance" label={t(words.insurance)}>
            <Select
              virtual={false} id="clinic-insurance" aria-label={t(words.insurance)} value={given.insurance ?? ""} options={[{ value: "", label: t(words.unsaid) }, ...optionsOf(insurances)]}
              onChange={(insurance: string) => put({ insurance: (insurance || undefined) as Pattern["insurance"] })}
            />
          </Labelled>
          <Labelled id="clinic-ahead" label={t(words.ahead)} problem={problem("ahead")}><InputNumber id="clinic-ahead" {...mark("ahead")} min={0} max={90} value={given.ahead} onChange={(n) => put({ ahead: n ?? -1 })} style={{ width: "100%" }} /></Labelled>
          <Labelled id="clinic-opens" label={t(words.opens)} problem={problem("opens")}><Input id="clinic-opens" type="time" {...mark("opens")} value={given.opens} onChange={(e) => put({ opens: e.target.value })} /></Labelled>
          <Labelled id="clinic-makeup" label={t(words.makeup)} doc={t(words.makeupHelp)}>
            <Select
              virtual={false} id="clinic-makeup" aria-label={t(words.makeup)} value={given.makeup ?? ""}
              options={[{ value: "", label: t(words.makeupNone) }, ...week.map((value) => ({ value, label: t(words.makeupAs, t(weekdays[value])) }))]}
              onChange={(day: Weekday | "") => put({ makeup: day || undefined })}
            />
          </Labelled>
        </div>
        <Flex gap="middle" wrap align="end">
          <div>
            <Checkbox checked={given.draw ?? false} onChange={(e) => put(e.target.checked ? { draw: true, enter: given.enter ?? enterUsual, session: given.session.map(keepingNone) } : { draw: undefined, enter: undefined })}>{t(words.draw)}</Checkbox>
            <div><Typography.Text type="secondary">{t(words.drawHelp)}</Typography.Text></div>
          </div>
          {given.draw && <Labelled id="clinic-enter" label={t(words.enter)} problem={problem("enter")}><InputNumber id="clinic-enter" {...mark("enter")} min={1} max={168} value={given.enter ?? null} onChange={(n) => put({ enter: n ?? 0 })} style={{ width: 160 }} /></Labelled>}
        </Flex>
        <Sessions value={given.session} wrong={wrong} drawn={given.draw ?? false} onChange={(session) => put({ session })} />
        <Flex gap="small" wrap>
          <Button type="primary" htmlType="submit" loading={open.isPending}>{t(words.save)}</Button>
          <LinkButton to={id ? `/clinics/${id}` : "/clinics"}>{t(words.cancel)}</LinkButton>
        </Flex>
      </Flex>
    </form>
  );
}
