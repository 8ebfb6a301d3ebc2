import { Button, Flex, Grid, Select, Skeleton, Table, Typography } from "antd";
import { type ReactNode, useContext, useState } from "react";
import { Link } from "react-router";
import type { Resource } from "../../api/fhir";
import { Problem } from "../../api/http";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { dateOf } from "../../words/dates";
import { Author } from "./Author";
import { type Page, useVersions, type Version } from "./authors";
import { Differences } from "./Differences";
import { Facts } from "./Facts";
import { Known } from "./names";
import { words } from "./words";

/** A column of the versions. */
interface Told {
  title: ReactNode;
  render: (v: Version) => ReactNode;
}

/** Columns below each other in one, where there is no room beside each other. */
const both = (...all: [Told, ...Told[]]): Told => ({
  title: all[0].title,
  render: (v) => <Flex vertical>{all.map((c, i) => <span key={i}>{c.render(v)}</span>)}</Flex>,
});

/** All versions of a resource, how two of them differ, and who stands behind it. */
export function Versions({ resource }: { resource: Resource }) {
  const t = useSay();
  const { language } = useWho();
  const path = `${resource.resourceType}/${resource.id}`;
  const history = useVersions(path);
  const wide = Grid.useBreakpoint().md ?? true;
  if (history.error) return <Failed error={history.error} again={() => void history.refetch()} />;
  if (!history.data) return <Skeleton active />;
  const { pages } = history.data;
  const versions = pages.flatMap((p) => p.versions);
  const authors = new Map(pages.flatMap((p) => p.authors.done ?? []).map((a) => [String(a.number), a]));
  const refused = pages.find((p) => p.authors.failed)?.authors.failed;
  const did = { POST: words.made, DELETE: words.deleted, PUT: words.changed, PATCH: words.changed };
  const nth: Told = { title: t(words.version), render: (v) => (v.resource ? <Link to={`/record/${path}/${v.number}`}>{t(words.nth, v.number)}</Link> : t(words.nth, v.number)) };
  const who: Told = { title: t(words.who), render: (v) => <Author of={authors.get(v.number)} /> };
  const at: Told = { title: t(words.changedAt), render: (v) => <span className="numbers">{dateOf(v.at, language)}</span> };
  const how: Told = { title: t(words.how), render: (v) => t(did[v.method as keyof typeof did] ?? words.changed) };
  const shown: Told = { title: <span className="unseen">{t(words.shown)}</span>, render: (v) => (v.number === resource.meta?.versionId ? t(words.shown) : "") };
  const columns = wide ? [nth, who, at, how, shown] : [both(nth, shown), both(who, at, how)];
  return (
    <Flex vertical gap={16}>
      {refused && <Failed error={refused} again={() => void history.refetch()} />}
      <Table
        size="small"
        aria-label={t(words.versions)}
        rowKey="number"
        pagination={false}
        {...(wide && { scroll: { x: "max-content" } })}
        dataSource={versions}
        columns={columns.map(({ title, render }) => ({ title, render: (_, v: Version) => render(v) }))}
      />
      {history.hasNextPage && <Button onClick={() => void history.fetchNextPage()} loading={history.isFetchingNextPage}>{t(words.moreVersions)}</Button>}
      <Compare versions={versions.filter((v) => v.resource)} />
      <Behind found={pages[0]?.provenances} />
    </Flex>
  );
}

/** Two versions beside each other. */
function Compare({ versions }: { versions: Version[] }) {
  const t = useSay();
  const [chosen, choose] = useState<{ earlier?: string; later?: string }>({});
  const later = versions.find((v) => v.number === chosen.later) ?? versions[0];
  const earlier = versions.find((v) => v.number === chosen.earlier) ?? versions[1];
  if (!later?.resource || !earlier?.resource) return <Typography.Text type="secondary">{t(words.one)}</Typography.Text>;
  const options = versions.map((v) => ({ value: v.number, label: t(words.nth, v.number) }));
  return (
    <section>
      <Typography.Title level={2} style={{ fontSize: "1.1em" }}>{t(words.compare)}</Typography.Title>
      <Flex wrap gap={12} style={{ marginBlockEnd: 12 }} className="no-print">
        <label>{t(words.earlier)} <Select value={earlier.number} options={options} onChange={(v) => choose({ ...chosen, earlier: v })} /></label>
        <label>{t(words.later)} <Select value={later.number} options={options} onChange={(v) => choose({ ...chosen, later: v })} /></label>
      </Flex>
      <Differences before={earlier.resource} after={later.resource} />
    </section>
  );
}

/** Who made, sent or signed the resource, as Provenances of it tell. */
function Behind({ found }: { found: Page["provenances"] }) {
  const t = useSay();
  const before = useContext(Known);
  const refused = found?.failed;
  if (refused instanceof Problem && refused.status === 403) return null; // there is nothing here for who may read none
  const all = found?.done?.entry?.flatMap((e) => (e.resource ? [e.resource] : [])) ?? [];
  const provenances = all.filter((r) => r.resourceType === "Provenance");
  return (
    <section>
      <Typography.Title level={2} style={{ fontSize: "1.1em" }}>{t(words.provenance)}</Typography.Title>
      {refused && <Failed error={refused} />}
      {found?.done && provenances.length === 0 && <Typography.Text type="secondary">{t(words.noProvenance)}</Typography.Text>}
      <Known.Provider value={new Map([...before, ...all.map((r) => [`${r.resourceType}/${r.id}`, r] as const)])}>
        {provenances.map((p) => <Facts key={p.id} resource={p} path="Provenance" />)}
      </Known.Provider>
    </section>
  );
}
