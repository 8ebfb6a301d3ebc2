import { Button, Card, Checkbox, Descriptions, Flex, Input, Radio, Result, theme, Typography } from "antd";
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Link } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { useTimes } from "../../parts/times";
import type { Text } from "../../words";
import { dayAt } from "../../words/dates";
import { useIdentity } from "../card/read";
import { listed } from "../../words/list";
import { kinds } from "../residents/kinds";
import { blank, cleaned, documents, monthsFrom, terms, type Wish, wrongWith } from "./entrust";
import { useEntrust } from "./proxies";
import { letting as words } from "./words";

const steps = [words.who, words.what, words.check];

/** Lets somebody act for one, in three steps; nothing is done before the last. */
export default function Let() {
  const t = useSay();
  const own = useIdentity();
  const entrust = useEntrust();
  const [wish, setWish] = useState(blank);
  const [step, setStep] = useState(0);
  const [tried, setTried] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (step > 0) heading.current?.focus(); // where the next step begins
  }, [step]);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (tried) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tried]);
  const change = (part: Partial<Wish>) => {
    entrust.reset();
    setTried(false);
    setWish({ ...wish, ...part });
  };
  const wrong = wrongWith(wish, own.data?.papers.map((p) => p.number) ?? []);
  const kindless = wish.part === "some" && wish.kinds.length === 0;
  const bad = step === 0 ? Object.keys(wrong).length > 0 : step === 1 && kindless;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(bad);
    if (bad) return;
    if (step < 2) setStep(step + 1);
    else entrust.mutate(wish);
  };
  if (entrust.isSuccess) return <Done called={wish.called.trim()} />;
  return (
    <Flex vertical gap="middle">
      <Link to="/family">{t(words.back)}</Link>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
      <Card>
        <form ref={form} onSubmit={submit} noValidate autoComplete="off">
          <Flex vertical gap="large">
            <div>
              <Typography.Text type="secondary">{t(words.step, step + 1)}</Typography.Text>
              <h2 ref={heading} tabIndex={-1} style={{ margin: 0, outline: "none" }}>{t(steps[step] ?? words.check)}</h2>
            </div>
            {step === 0 && <WhoStep wish={wish} wrong={tried ? wrong : {}} onChange={change} />}
            {step === 1 && <WhatStep wish={wish} wrong={tried && kindless ? words.kindNeeded : undefined} onChange={change} />}
            {step === 2 && <CheckStep wish={wish} />}
            {entrust.error && <Failed error={entrust.error} />}
            <Flex gap="small" wrap>
              <Button type="primary" htmlType="submit" loading={entrust.isPending}>{t(step === 2 ? words.confirm : words.next)}</Button>
              {step > 0 && <Button disabled={entrust.isPending} onClick={() => setStep(step - 1)}>{t(words.before)}</Button>}
            </Flex>
          </Flex>
        </form>
      </Card>
    </Flex>
  );
}

interface StepProps<W> {
  wish: Wish;
  wrong: W;
  onChange: (part: Partial<Wish>) => void;
}

function WhoStep({ wish, wrong, onChange }: StepProps<ReturnType<typeof wrongWith>>) {
  const t = useSay();
  return (
    <>
      <Line label={words.called} wrong={wrong.called}>
        {(told) => <Input {...told} value={wish.called} onChange={(e) => onChange({ called: e.target.value })} />}
      </Line>
      <Group label={words.document} why={words.others}>
        <Radio.Group value={wish.document} onChange={(e) => onChange({ document: e.target.value as Wish["document"] })} options={Object.entries(documents).map(([value, d]) => ({ value, label: t(d.words) }))} />
      </Group>
      <Line label={words.number} why={words.numberWhy} wrong={wrong.number}>
        {(told) => <Input {...told} className="numbers" autoCapitalize="characters" spellCheck={false} value={wish.number} onChange={(e) => onChange({ number: e.target.value })} />}
      </Line>
    </>
  );
}

function WhatStep({ wish, wrong, onChange }: StepProps<Text | undefined>) {
  const t = useSay();
  const term = useTerm();
  return (
    <>
      <Group label={words.sees} why={words.sensitive}>
        <Radio.Group
          value={wish.part}
          onChange={(e) => onChange({ part: e.target.value as Wish["part"] })}
          options={[{ value: "all", label: t(words.all) }, { value: "some", label: t(words.some) }]}
        />
      </Group>
      {wish.part === "some" && (
        <Group label={words.kinds} why={words.alsoMatters} wrong={wrong}>
          <Checkbox.Group value={wish.kinds} onChange={(all) => onChange({ kinds: all })} options={kinds.map((k) => ({ value: k.key, label: t(k.words) }))} style={{ gap: "4px 8px" }} />
        </Group>
      )}
      <Group label={words.until}>
        <Radio.Group value={wish.months} onChange={(e) => onChange({ months: Number(e.target.value) })}>
          <Flex vertical gap={4}>{terms.map((m) => <Radio key={m} value={m}>{term(m)}</Radio>)}</Flex>
        </Radio.Group>
      </Group>
    </>
  );
}

function CheckStep({ wish }: { wish: Wish }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const times = useTimes();
  const term = useTerm();
  const some = listed(kinds.filter((k) => wish.kinds.includes(k.key)).map((k) => t(k.words)), language);
  return (
    <>
      <Descriptions
        column={1}
        styles={{ label: { color: token.colorTextSecondary } }}
        items={[
          { key: "called", label: t(words.called), children: wish.called.trim() },
          { key: "number", label: t(documents[wish.document].words), children: <span className="numbers">{cleaned(wish.number)}</span> },
          { key: "sees", label: t(words.sees), children: wish.part === "all" ? t(words.all) : some },
          { key: "until", label: t(words.until), children: term(wish.months) },
        ]}
      />
      <Typography.Paragraph style={{ margin: 0 }}>{t(words.means, wish.called.trim(), times.day(monthsFrom(dayAt(new Date()), wish.months)))} {t(words.sensitive)}</Typography.Paragraph>
    </>
  );
}

/** Says a number of months with the day on which they are over. */
function useTerm() {
  const t = useSay();
  const times = useTimes();
  return (months: number) => t(words.untilDay, months === 12 ? t(words.oneYear) : t(words.months, months), times.day(monthsFrom(dayAt(new Date()), months)));
}

function Done({ called }: { called: string }) {
  const t = useSay();
  const { where } = useActing();
  return <Card><Result status="success" title={<h1 style={{ fontSize: "inherit", margin: 0 }}>{t(words.done, called)}</h1>} subTitle={t(words.doneHow, where ?? "")} extra={<LinkButton type="primary" to="/family">{t(words.back)}</LinkButton>} /></Card>;
}

interface Told {
  id: string;
  status: "error" | "";
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
}

/** A line that one fills in: its label, what helps, what is wrong. */
function Line({ label, why, wrong, children }: { label: Text; why?: Text; wrong: Text | undefined; children: (told: Told) => ReactNode }) {
  const t = useSay();
  const id = useId();
  const described = [why && `${id}-why`, wrong && `${id}-wrong`].filter(Boolean).join(" ") || undefined;
  return (
    <Flex vertical gap={4}>
      <label htmlFor={id}><Typography.Text strong>{t(label)}</Typography.Text></label>
      {why && <Typography.Text id={`${id}-why`} type="secondary">{t(why)}</Typography.Text>}
      {children({ id, status: wrong ? "error" : "", "aria-invalid": Boolean(wrong), "aria-describedby": described })}
      {wrong && <Typography.Text id={`${id}-wrong`} type="danger" role="alert">{t(wrong)}</Typography.Text>}
    </Flex>
  );
}

/** Things to choose from: what they are about, what helps, what is wrong. */
function Group({ label, why, wrong, children }: { label: Text; why?: Text; wrong?: Text | undefined; children: ReactNode }) {
  const t = useSay();
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
      <legend style={{ padding: 0 }}><Typography.Text strong>{t(label)}</Typography.Text></legend>
      <Flex vertical gap={4}>
        {children}
        {why && <Typography.Text type="secondary">{t(why)}</Typography.Text>}
        {wrong && <Typography.Text type="danger" role="alert">{t(wrong)}</Typography.Text>}
      </Flex>
    </fieldset>
  );
}
