import { Alert, Button, Card, Flex, theme, Typography } from "antd";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { LinkButton } from "../../parts/LinkButton";
import { useTimes } from "../../parts/times";
import type { Text } from "../../words";
import { stampOf } from "../../words/dates";
import { Mark, type Tone } from "./Mark";
import { grouped, type Health as Told, type Part, type State, states, useHealth } from "./platform";
import { groupWords, stateWords, words } from "./words";

const tones: Record<State, Tone> = { ok: "good", warn: "watch", down: "bad" };

/** How the platform does: every part with what was measured, the worst first. */
export default function Health() {
  const t = useSay();
  const query = useHealth();
  const health = query.data;
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.health)}</Typography.Title>
        <Flex gap="small" align="center" wrap className="no-print">
          {health && (
            <Typography.Text type="secondary" className="numbers">{t(words.checked, stampOf(health.at))}</Typography.Text>
          )}
          <Button onClick={() => void query.refetch()}>{t(words.refresh)}</Button>
        </Flex>
      </Flex>
      <Typography.Text type="secondary">{t(words.healthWhy)}</Typography.Text>
      {query.error && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.error && health && <Typography.Text strong>{t(words.stale, stampOf(health.at))}</Typography.Text>}
      {query.isPending && <Loading rows={8} />}
      {health && <Whole health={health} />}
      {health && health.part.length === 0 && <Empty title={t(words.nothing)} />}
      {health && grouped(health.part).map(({ group, parts }) => (
        <section key={group} aria-labelledby={`group-${group}`}>
          <Typography.Title level={2} id={`group-${group}`}>{t(groupWords[group])}</Typography.Title>
          <div style={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 300px), 1fr))", gap: 16, alignItems: "start" }}>
            {parts.map((p) => <PartCard key={p.name} part={p} />)}
          </div>
        </section>
      ))}
    </Flex>
  );
}

/** What the whole is like, and how many parts are how. */
function Whole({ health }: { health: Told }) {
  const t = useSay();
  const count = (state: State) => health.part.filter((p) => p.state === state).length;
  const title = { ok: t(words.allWell), warn: t(words.someWarn, count("warn")), down: t(words.someDown, count("down")) };
  const kinds = { ok: "success", warn: "warning", down: "error" } as const;
  return (
    <Alert
      type={kinds[health.state]}
      showIcon
      role="status"
      title={<strong>{title[health.state]}</strong>}
      description={states.map((s) => t(words.count, t(stateWords[s]), count(s))).join(" · ")}
    />
  );
}

/** Where one sees more of a part, and does something about it. */
const further: Record<string, { to: string; words: Text }> = {
  jobs: { to: "/platform/jobs", words: words.seeJobs },
  notices: { to: "/platform/outbox", words: words.seeOutbox },
};

/** What was measured stands at the end of its line, on one of its own where there is no room beside its name. */
const row = { display: "flex", flexWrap: "wrap", justifyContent: "space-between", columnGap: 16, paddingBlock: 2 } as const;

function PartCard({ part }: { part: Part }) {
  const t = useSay();
  const { token } = theme.useToken();
  const times = useTimes();
  const more = further[part.name];
  const edges = { ok: token.colorSuccess, warn: token.colorWarning, down: token.colorError };
  return (
    <Card
      size="small"
      style={{ borderInlineStart: `4px solid ${edges[part.state]}` }}
      title={<Typography.Title level={3} style={{ margin: 0, paddingInlineEnd: 8, whiteSpace: "normal" }}>{part.words}</Typography.Title>}
      extra={<Mark tone={tones[part.state]}>{t(stateWords[part.state])}</Mark>}
    >
      <Flex vertical gap="small">
        {part.says && (
          <div>
            <strong>{part.says}</strong>
            {part.do && <div>{t(words.todo)}{part.do}</div>}
            <Typography.Text type="secondary">{t(words.since, times.time(part.since))}</Typography.Text>
          </div>
        )}
        <dl className="numbers" style={{ margin: 0 }}>
          {part.fact.map((f) => (
            <div key={f.words} style={row}>
              <dt style={{ color: token.colorTextSecondary }}>{f.words}</dt>
              <dd style={{ margin: 0, marginInlineStart: "auto", textAlign: "end" }}>{f.at ? times.time(f.at) : f.value}</dd>
            </div>
          ))}
        </dl>
        {more && <LinkButton to={more.to} size="small" style={{ alignSelf: "flex-start" }}>{t(more.words)}</LinkButton>}
      </Flex>
    </Card>
  );
}
