import { Alert, Button, Checkbox, Flex, Input, Radio, Select, Typography } from "antd";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { Problem } from "../../api/http";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { draftOf, dropDraft, keepDraft } from "../../parts/form/draft";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { words as drafts } from "../../parts/words";
import { toast } from "../../plain/toasts";
import { titleOf } from "../../resource/summary";
import { dayAt } from "../../words/dates";
import {
  type Agreement, agreementBody, type Alliance, type Chosen, type Level, levelOf, useDepartments, useProviders, useWrite, wrongIn,
} from "./agreements";
import { levels, parts, words, wrongs } from "./words";

interface AgreementFormProps {
  of: Alliance;
  old: Agreement | undefined;
}

const chosenOf = (old: Agreement | undefined): Chosen =>
  old
    ? {
        institution: old.institution.reference ?? "", part: old.part, level: old.level, green: old.green,
        services: old.services.map((s) => s.reference ?? ""), start: old.start, end: old.end,
      }
    : { institution: "", part: "member", level: "", green: false, services: [], start: dayAt(new Date()), end: "" };

/** What was chosen before and not sent. */
function keptOf(name: string): Chosen | undefined {
  const draft = draftOf(name);
  return draft && ({ ...draft, green: draft["green"] === "true" } as unknown as Chosen);
}

/** What is agreed with an institution. What is chosen stays until it is sent. */
export function AgreementForm({ of, old }: AgreementFormProps) {
  const t = useSay();
  const { language } = useWho();
  const { institution: lead } = useActing();
  const go = useNavigate();
  const write = useWrite();
  const name = `alliance:${old?.id ?? "new"}:${old?.resource.meta?.versionId ?? ""}`;
  const [restored] = useState(() => keptOf(name));
  const [kept, setKept] = useState(Boolean(restored));
  const [chosen, choose] = useState(restored ?? chosenOf(old));
  const [tries, setTries] = useState(0); // in which something was wrong
  const form = useRef<HTMLFormElement>(null);
  const providers = useProviders(!old);
  const departments = useDepartments(chosen.institution);
  const wrong = tries > 0 ? wrongIn(chosen) : [];
  const problem = (field: keyof typeof wrongs) => (wrong.includes(field) ? t(wrongs[field]) : undefined);
  const quicker = write.error instanceof Problem && write.error.status === 412;
  const put = (more: Partial<Chosen>) => {
    const next = { ...chosen, ...more };
    choose(next);
    keepDraft(name, { ...next, green: String(next.green) });
  };
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries]);

  const bound = new Set(of.agreements.filter((a) => a.state === "holds" || a.state === "later").map((a) => a.institution.reference));
  const free = (providers.data ?? []).filter((r) => !bound.has(`Organization/${r.id}`));
  const offered = new Map([
    ...(departments.data ?? []).map((r) => [`HealthcareService/${r.id}`, titleOf(r, language)] as const),
    ...(old?.services ?? []).map((s) => [s.reference ?? "", s.display ?? ""] as const),
  ]);

  function discard() {
    choose(chosenOf(old));
    dropDraft(name);
    setKept(false);
  }

  function send(event: FormEvent) {
    event.preventDefault();
    if (write.isPending) return;
    if (wrongIn(chosen).length > 0) return setTries(tries + 1);
    const names = new Map([...offered, ...free.map((r) => [`Organization/${r.id}`, titleOf(r, language)] as const)]);
    const own = of.agreements.find((a) => a.part === "lead" && a.institution.reference === lead)?.resource;
    write.mutate(agreementBody(chosen, names, { ...(old && { old: old.resource }), own }), {
      onSuccess: () => {
        dropDraft(name);
        toast("success", t(words.saved));
        void go("/alliance");
      },
    });
  }

  const invalid = (is: string | undefined, id: string) =>
    ({ "aria-invalid": Boolean(is), ...(is && { status: "error" as const, "aria-describedby": `${id}-wrong` }) });
  return (
    <form ref={form} onSubmit={send} noValidate autoComplete="off">
      <Flex vertical gap="middle" style={{ maxWidth: 720 }}>
        {kept && (
          <Alert
            type="info"
            showIcon
            role="status"
            title={t(drafts.draft)}
            action={<Button size="small" onClick={discard}>{t(drafts.discard)}</Button>}
          />
        )}
        {quicker && <Alert type="warning" showIcon role="alert" title={t(words.quicker)} />}
        {write.error && !quicker && <Failed error={write.error} />}
        {wrong.length > 0 && <Alert type="error" showIcon role="alert" title={t(words.wrong, wrong.length)} />}
        {!old && (
          <Labelled id="agreement-institution" label={t(words.institution)} problem={problem("institution")}>
            {providers.error && <Failed error={providers.error} again={() => void providers.refetch()} />}
            <Select
              virtual={false}
              id="agreement-institution"
              aria-label={t(words.institution)}
              {...invalid(problem("institution"), "agreement-institution")}
              loading={providers.isPending}
              showSearch={{ optionFilterProp: "label" }}
              placeholder={t(words.choose)}
              value={chosen.institution || null}
              options={free.map((r) => ({ value: `Organization/${r.id}`, label: titleOf(r, language) }))}
              onChange={(institution: string) => {
                const at = free.find((r) => `Organization/${r.id}` === institution);
                put({ institution, services: [], level: levelOf(at) });
              }}
            />
          </Labelled>
        )}
        {old?.part !== "lead" && (
          <Grouped label={t(words.part)}>
            <Radio.Group
              name="part"
              value={chosen.part}
              onChange={(e) => put({ part: e.target.value as Chosen["part"] })}
              options={(["member", "partner"] as const).map((value) => ({ value, label: t(parts[value]) }))}
            />
          </Grouped>
        )}
        <Labelled id="agreement-level" label={t(words.level)}>
          <Select
            virtual={false}
            id="agreement-level"
            aria-label={t(words.level)}
            value={chosen.level}
            options={[
              { value: "", label: t(words.noLevel) },
              ...Object.entries(levels).map(([value, text]) => ({ value, label: t(text) })),
            ]}
            onChange={(level: Level) => put({ level })}
            style={{ maxWidth: 320 }}
          />
        </Labelled>
        <Grouped label={t(words.green)}>
          <Checkbox checked={chosen.green} onChange={(e) => put({ green: e.target.checked })}>{t(words.greenWhat)}</Checkbox>
        </Grouped>
        <Grouped label={t(words.departments)} doc={t(words.departmentsHelp)}>
          {!chosen.institution && <Typography.Text>{t(words.chooseFirst)}</Typography.Text>}
          {chosen.institution && departments.isPending && <Loading rows={2} />}
          {departments.error && <Failed error={departments.error} again={() => void departments.refetch()} />}
          {departments.data && offered.size === 0 && <Typography.Text>{t(words.noDepartments)}</Typography.Text>}
          <Checkbox.Group value={chosen.services} onChange={(services: string[]) => put({ services })} style={{ width: "100%" }}>
            <div
              style={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 200px), 1fr))", gap: 8, width: "100%" }}
            >
              {[...offered].map(([value, label]) => <Checkbox key={value} value={value}>{label}</Checkbox>)}
            </div>
          </Checkbox.Group>
        </Grouped>
        <Flex gap="middle" wrap>
          <Labelled id="agreement-start" label={t(words.start)} problem={problem("start")}>
            <Input
              id="agreement-start"
              type="date"
              style={{ width: 220 }}
              {...invalid(problem("start"), "agreement-start")}
              value={chosen.start}
              onChange={(e) => put({ start: e.target.value })}
            />
          </Labelled>
          <Labelled id="agreement-end" label={t(words.last)} doc={t(words.untilHelp)} problem={problem("end")}>
            <Input
              id="agreement-end"
              type="date"
              style={{ width: 220 }}
              {...invalid(problem("end"), "agreement-end")}
              value={chosen.end}
              onChange={(e) => put({ end: e.target.value })}
            />
          </Labelled>
        </Flex>
        <Flex gap="small" wrap>
          <Button type="primary" htmlType="submit" loading={write.isPending}>{t(words.save)}</Button>
          <LinkButton to="/alliance">{t(words.cancel)}</LinkButton>
        </Flex>
      </Flex>
    </form>
  );
}

interface Around {
  label: string;
  doc?: string;
  children: ReactNode;
}

/** An input with its label, and what is wrong with it. */
function Labelled({ id, label, doc, problem, children }: Around & { id: string; problem?: string | undefined }) {
  return (
    <Flex vertical gap={4}>
      <label htmlFor={id}><Typography.Text strong>{label}</Typography.Text></label>
      {children}
      {doc && <Typography.Text type="secondary">{doc}</Typography.Text>}
      {problem && <Typography.Text id={`${id}-wrong`} type="danger">{problem}</Typography.Text>}
    </Flex>
  );
}

/** Choices that belong together, with what they are called. */
function Grouped({ label, doc, children }: Around) {
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
      <legend style={{ padding: 0 }}><Typography.Text strong>{label}</Typography.Text></legend>
      <Flex vertical gap={4}>
        {doc && <Typography.Text type="secondary">{doc}</Typography.Text>}
        {children}
      </Flex>
    </fieldset>
  );
}
