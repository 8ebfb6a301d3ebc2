import { useMutation } from "@tanstack/react-query";
import { Button, Card, Flex, Input, Table, Typography } from "antd";
import { type FormEvent, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { Import } from "./Import";
import { caseOf, isRegion, regionOf, type Row, type Rule, titleOf, useRules, valueOf } from "./rules";
import { take } from "./sheet";
import { listed } from "../../words/list";
import { words } from "./words";

/** All rules: what each means, and what it says today in a region. */
export default function Rules() {
  const t = useSay();
  const { language } = useWho();
  const { role } = useActing();
  const [address, go] = useSearchParams();
  const said = address.get("region") ?? "";
  const region = isRegion(said) ? said : "";
  const rules = useRules(region);
  const [bringing, bring] = useState(false);
  const exported = useMutation({ mutationFn: () => take("xlsx") });
  return (
    <Flex vertical gap={16}>
      <Flex wrap gap={12} align="flex-start" justify="space-between">
        <div style={{ flex: "1 1 320px" }}>
          <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
          <Typography.Text type="secondary">{t(words.why)}</Typography.Text>
        </div>
        <Flex wrap gap={8} className="no-print">
          <Button onClick={() => exported.mutate()} loading={exported.isPending}>{t(words.exportAll)}</Button>
          {role === "operator" && <Button type="primary" onClick={() => bring(true)}>{t(words.import)}</Button>}
        </Flex>
      </Flex>
      {exported.error && <Failed error={exported.error} />}
      <Where region={region} onChange={(to) => go(to ? { region: to } : {})} />
      {rules.error && <Failed error={rules.error} again={() => void rules.refetch()} />}
      {rules.isPending && <Loading rows={8} />}
      {rules.data && (
        <Table<Rule>
          size="middle"
          rowKey="name"
          pagination={false}
          scroll={{ x: 900 }}
          dataSource={rules.data}
          columns={[
            {
              title: t(words.rule), width: "36%",
              render: (_, r) => (
                <>
                  <Link to={`/rules/${r.name}`}><strong>{titleOf(r, language)}</strong></Link>
                  <div><Typography.Text type="secondary">{r.about[language === "en" ? 1 : 0]}</Typography.Text></div>
                </>
              ),
            },
            { title: t(words.today), width: "18%", render: (_, r) => <Today rule={r} /> },
            { title: t(words.region), width: "14%", render: (_, r) => (r.today[0] ? regionOf(r.today[0].region, language) : t(words.nothing)) },
            { title: t(words.source), render: (_, r) => r.today[0]?.source ?? t(words.nothing) },
            { title: t(words.versions), width: "14%", render: (_, r) => counted(r, t) },
          ]}
        />
      )}
      {bringing && <Import rules={rules.data ?? []} onClose={() => bring(false)} />}
    </Flex>
  );
}

function counted(rule: Rule, t: ReturnType<typeof useSay>): string {
  const drafts = rule.versions.filter((v) => v.state === "draft").length;
  return rule.versions.length === 0 ? t(words.built) : t(words.versionsOf, rule.versions.length - drafts, drafts);
}

const shownCases = 3;

/** What a rule says today: one value, or one for each of the first cases. */
function Today({ rule }: { rule: Rule }) {
  const t = useSay();
  const { language } = useWho();
  if (rule.today.length === 0) {
    return <Typography.Text type={rule.sparse ? "secondary" : "danger"}>{t(rule.sparse ? words.noneToday : words.gap)}</Typography.Text>;
  }
  const one = (r: Row) => [caseOf(rule, r.keys, language), valueOf(rule, r.value, language)].filter(Boolean).join(" ");
  const first = listed(rule.today.slice(0, shownCases).map(one), language);
  return <strong>{rule.today.length > shownCases ? t(words.cases, first, rule.today.length) : first}</strong>;
}

/** For which region it is told. */
function Where({ region, onChange }: { region: string; onChange: (region: string) => void }) {
  const t = useSay();
  const { language } = useWho();
  const [typed, type] = useState(region);
  const [wrong, blame] = useState(false);
  const [seen, see] = useState(region);
  if (seen !== region) { // somebody has gone back
    see(region);
    type(region);
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    blame(!isRegion(typed.trim()));
    if (isRegion(typed.trim())) onChange(typed.trim());
  };
  return (
    <Card size="small" className="no-print">
      <form onSubmit={submit} autoComplete="off">
        <Flex wrap gap={8} align="center">
          <label htmlFor="rules-region">{t(words.regionOf)}</label>
          <Input
            id="rules-region" value={typed} inputMode="numeric" maxLength={6} onChange={(e) => type(e.target.value)} aria-invalid={wrong}
            aria-describedby="rules-region-help" style={{ width: 160 }}
          />
          <Button htmlType="submit">{t(words.show)}</Button>
          <strong>{regionOf(region, language)}</strong>
          <Typography.Text
            id="rules-region-help" type={wrong ? "danger" : "secondary"} {...(wrong && { role: "alert" })}
          >
            {t(wrong ? words.regionWrong : words.regionHelp)}
          </Typography.Text>
        </Flex>
      </form>
    </Card>
  );
}
