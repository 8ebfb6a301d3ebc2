import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Card, Descriptions, Flex, Grid, Input, theme, Typography } from "antd";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { Problem } from "../../api/http";
import { operate, type Output } from "../../api/parameters";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { useTimes } from "../../parts/times";
import { calledOf } from "./event";
import { useCalled } from "./names";
import { mark as words } from "./words";

type Origin = Output<"$export-mark">;

/** Asks from which export a mark comes; the mark stands in no address. */
const trace = async (code: string): Promise<Origin> => (await operate("$export-mark", { code }, { posted: true })).data;

/** The form by which the regulator learns from which export something comes that was found elsewhere. */
export function Mark() {
  const t = useSay();
  const [code, write] = useState("");
  const [missing, blame] = useState(false);
  const traced = useMutation({ mutationFn: trace });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    blame(!code.trim());
    if (code.trim()) traced.mutate(code.trim());
  };
  const unknown = traced.error instanceof Problem && traced.error.status === 404;
  return (
    <Flex vertical gap={16}>
      <Card>
        <form onSubmit={submit} autoComplete="off">
          <Flex vertical gap={8}>
            <Typography.Text>{t(words.why)}</Typography.Text>
            <label htmlFor="mark" style={{ marginBlockStart: 8 }}><strong>{t(words.code)}</strong></label>
            <Flex wrap gap={8}>
              <Input
                id="mark" value={code} spellCheck={false} onChange={(e) => write(e.target.value)} aria-invalid={missing}
                aria-describedby="mark-help" style={{ flex: "1 1 260px", maxWidth: 720 }}
              />
              <Button type="primary" htmlType="submit" loading={traced.isPending}>{t(words.trace)}</Button>
            </Flex>
            <Typography.Text
              id="mark-help" type={missing ? "danger" : "secondary"} {...(missing && { role: "alert" })}
            >
              {t(missing ? words.missing : words.help)}
            </Typography.Text>
          </Flex>
        </form>
      </Card>
      {traced.error && (unknown ? <Alert type="warning" role="alert" showIcon title={t(words.unknown)} /> : <Failed error={traced.error} />)}
      {traced.data && <From origin={traced.data} />}
    </Flex>
  );
}

function From({ origin }: { origin: Origin }) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const { token } = theme.useToken();
  const wide = Grid.useBreakpoint().md ?? true;
  const references = [origin.requester, origin.recipient, origin.institution ?? ""].filter((r) => /^(Practitioner|Organization)\//.test(r));
  const names = useCalled(references);
  const called = (who: string) => (/^[A-Z][A-Za-z]+\//.test(who) ? calledOf(who, names, language) : who);
  return (
    <Card title={<Typography.Title level={2} style={{ margin: 0 }}>{t(words.found)}</Typography.Title>}>
      <Descriptions
        column={1}
        {...(!wide && { layout: "vertical" as const, size: "small" as const })}
        styles={{ label: { color: token.colorTextSecondary } }}
        items={[
          { key: "task", label: t(words.task), children: <Link to={`/record/${origin.request}`}>{origin.request}</Link> },
          { key: "run", label: t(words.run), children: origin.run },
          { key: "began", label: t(words.began), children: <span className="numbers">{times.time(origin.began)}</span> },
          { key: "requester", label: t(words.requester), children: called(origin.requester) },
          { key: "recipient", label: t(words.recipient), children: called(origin.recipient) },
          { key: "purpose", label: t(words.purpose), children: origin.purpose },
          ...(origin.institution ? [{ key: "at", label: t(words.at), children: called(origin.institution) }] : []),
        ]}
      />
    </Card>
  );
}
