import { Button, Flex, Select, Skeleton, Table, Typography } from "antd";
import { useContext, useState } from "react";
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

/** All versions of a resource, how two of them differ, and who stands behind it. */
export function Versions({ resource }: { resource: Resource }) {
  const t = useSay();
  const { language } = useWho();
  const path = `${resource.resourceType}/${resource.id}`;
  const history = useVersions(path);
  if (history.error) return <Failed error={history.error} again={() => void history.refetch()} />;
  if (!history.data) return <Skeleton active />;
  const { pages } = history.data;
  const versions = pages.flatMap((p) => p.versions);
  const authors = new Map(pages.flatMap((p) => p.authors.done ?? []).map((a) => [String(a.number), a]));
  const refused = pages.find((p) => p.authors.failed)?.authors.failed;
  const did = { POST: words.made, DELETE: words.deleted, PUT: words.changed, PATCH: words.changed };
  return (
    <Flex vertical gap={16}>
      {refused && <Failed error={refused} again={() => void history.refetch()} />}
      <Table
        size="small"
        aria-label={t(words.versions)}
        rowKey="number"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={versions}
        columns={[
          { title: t(words.version), render: (_, v) => (v.resource ? <Link to={`/record/${path}/${v.number}`}>{t(words.nth, v.number)}</Link> : t(words.nth, v.number)) },
          { title: t(words.who), render: (_, v) => <Author of={authors.get(v.number)} /> },
          { title: t(words.changedAt), render: (_, v) => <span className="numbers">{dateOf(v.at, language)}</span> },
          { title: t(words.how), render: (_, v) => t(did[v.method as keyof typeof did] ?? words.changed) },
          { title: <span className="unseen">{t(words.shown)}</span>, render: (_, v) => (v.number === resource.meta?.versionId ? t(words.shown) : "") },
        ]}
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
