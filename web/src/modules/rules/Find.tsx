import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Card, Descriptions, Flex, Input, Select, theme, Typography } from "antd";
import { type FormEvent, useState } from "react";
import { Problem } from "../../api/http";
import { operate } from "../../api/parameters";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { dateOf, dayOf } from "../../words/dates";
import { caseOf, daysOf, isRegion, regionOf, type Rule, titleOf, valueOf } from "./rules";
import { words } from "./words";

interface Asked {
  rule: string;
  region: string;
  day: string;
  keys: string[];
}

const find = async ({ rule, region, day, keys }: Asked) => (await operate("$rules-find", { rule, region: region || undefined, at: day, key: keys }, {})).data;

/** What a rule says in a region on a day, as the server answers it. */
export function Find({ rule }: { rule: Rule }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const [region, setRegion] = useState("");
  const [day, setDay] = useState(dayOf(new Date().toISOString()));
  const [keys, setKeys] = useState(rule.keys.map((k) => k.codes[0]?.code ?? ""));
  const [wrong, blame] = useState(false);
  const found = useMutation({ mutationFn: find });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    blame(!isRegion(region));
    if (isRegion(region) && day) found.mutate({ rule: rule.name, region, day, keys });
  };
  const asked = found.variables;
  const gap = found.error instanceof Problem && found.error.status === 422; // what is asked for can be: there is no row
  return (
    <Flex vertical gap={16}>
      <Card>
        <form onSubmit={submit} autoComplete="off">
          <Flex vertical gap={12}>
            <Flex wrap gap={16} align="flex-end">
              <div style={{ flex: "0 1 200px" }}>
                <label htmlFor="find-region" style={{ display: "block", marginBlockEnd: 4 }}>{t(words.region)}</label>
                <Input
                  id="find-region" value={region} inputMode="numeric" maxLength={6} aria-invalid={wrong} aria-describedby="find-help"
                  onChange={(e) => setRegion(e.target.value.trim())}
                />
              </div>
              <div style={{ flex: "0 1 200px" }}>
                <label htmlFor="find-day" style={{ display: "block", marginBlockEnd: 4 }}>{t(words.day)}</label>
                <Input id="find-day" type="date" required value={day} onChange={(e) => setDay(e.target.value)} />
              </div>
              {rule.keys.map((k, i) => (
                <div key={k.name} style={{ flex: "0 1 240px" }}>
                  <label htmlFor={`find-${k.name}`} style={{ display: "block", marginBlockEnd: 4 }}>{titleOf(k, language)}</label>
                  <Select
                    id={`find-${k.name}`} virtual={false} style={{ width: "100%" }} value={keys[i] ?? ""} onChange={(v) => setKeys(keys.map((old, n) => (n === i ? v : old)))}
                    options={k.codes.map((c) => ({ value: c.code, label: titleOf(c, language) }))}
                  />
                </div>
              ))}
              <Button type="primary" htmlType="submit" loading={found.isPending}>{t(words.ask)}</Button>
            </Flex>
            <Typography.Text
              id="find-help" type={wrong ? "danger" : "secondary"} {...(wrong && { role: "alert" })}
            >
              {t(wrong ? words.regionWrong : words.regionHelp)}
            </Typography.Text>
          </Flex>
        </form>
      </Card>
      {found.error && (gap ? <Alert type="warning" role="alert" showIcon title={t(words.noRow)} /> : <Failed error={found.error} />)}
      {found.data && asked && (
        <Card>
          <div role="status">
            <Typography.Text
              type="secondary"
            >
              {t(words.answer, [regionOf(asked.region, language), caseOf(rule, asked.keys, language)].filter(Boolean).join(" · "), dateOf(asked.day, language))}
            </Typography.Text>
            <Typography.Title level={2} style={{ marginBlock: "4px 12px" }}>{valueOf(rule, found.data.value, language)}</Typography.Title>
          </div>
          <Descriptions
            column={1}
            styles={{ label: { color: token.colorTextSecondary } }}
            items={[
              { key: "source", label: t(words.source), children: found.data.source },
              { key: "for", label: t(words.madeFor), children: regionOf(found.data.region ?? "", language) },
              { key: "holds", label: t(words.holds), children: daysOf({ from: found.data.from ?? "", to: found.data.to ?? "" }, language) },
              { key: "row", label: t(words.row), children: <span className="numbers">{found.data.row}</span> },
            ]}
          />
        </Card>
      )}
    </Flex>
  );
}
