import { Alert, Button, Checkbox, Flex, Radio, Typography } from "antd";
import { type FormEvent, type ReactNode, useState } from "react";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Part } from "../../parts/Part";
import { dateOf, dayAt } from "../../words/dates";
import { dayAfter } from "../calendar/days";
import { useWait, type Wish } from "./wishes";
import { words } from "./words";

interface WaitProps {
  department: string;
  day: string;
  last: string; // of the days that are shown; "" where others of them have places
  mine: readonly Wish[];
}

/** Where a day is full: one waits for a place on it, or on any of the days that are shown. */
export function Wait({ department, day, last, mine }: WaitProps) {
  const t = useSay();
  const { language } = useWho();
  const wait = useWait();
  const [all, setAll] = useState(false);
  const [part, setPart] = useState<"" | "am" | "pm">("");
  const [sure, setSure] = useState(false);
  const tomorrow = dayAfter(dayAt(new Date()), 1);
  const has = mine.some((w) => w.department.reference === department && !w.draw);
  const see = <LinkButton size="small" to="/booking/visits">{t(words.waitSee)}</LinkButton>;

  function send(event: FormEvent) {
    event.preventDefault();
    if (wait.isPending) return;
    wait.mutate({ department, from: all ? tomorrow : day, to: all ? last : day, sure, ...(part && { part }) });
  }

  if (wait.isSuccess) return <Alert type="success" showIcon role="status" title={t(words.waitDone)} action={see} />;
  if (has) return <Alert type="info" showIcon title={t(words.waitHas)} action={see} />;
  if (day < tomorrow) return null;
  return (
    <Part title={t(words.waitTitle)}>
      <form onSubmit={send}>
        <Flex vertical gap="middle">
          <Typography.Text type="secondary">{t(words.waitWhy)}</Typography.Text>
          {wait.error && <Failed error={wait.error} />}
          <Flex gap="large" wrap>
            {last && <Choice label={t(words.waitDays)}>
              <Radio.Group aria-label={t(words.waitDays)} value={all} onChange={(e) => setAll(Boolean(e.target.value))} vertical options={[{ value: false, label: t(words.waitThis) }, { value: true, label: t(words.waitUntil, dateOf(last, language)) }]} />
            </Choice>}
            <Choice label={t(words.waitPart)}>
              <Radio.Group
                aria-label={t(words.waitPart)} value={part} onChange={(e) => setPart(e.target.value as "" | "am" | "pm")} vertical
                options={[{ value: "", label: t(words.waitAny) }, { value: "am", label: t(words.morning) }, { value: "pm", label: t(words.afternoon) }]}
              />
            </Choice>
          </Flex>
          <div>
            <Checkbox checked={sure} onChange={(e) => setSure(e.target.checked)}>{t(words.waitSure)}</Checkbox>
            <div><Typography.Text type="secondary">{t(words.waitSureWhy)}</Typography.Text></div>
          </div>
          <div><Button type="primary" size="large" htmlType="submit" loading={wait.isPending}>{t(words.waitSend)}</Button></div>
        </Flex>
      </form>
    </Part>
  );
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Typography.Paragraph strong aria-hidden style={{ marginBlockEnd: 4 }}>{label}</Typography.Paragraph>
      {children}
    </div>
  );
}
