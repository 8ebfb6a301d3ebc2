import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Flex, Select, Skeleton, Table, Typography } from "antd";
import { useContext, useState } from "react";
import { Link } from "react-router";
import { type Bundle, fhir, nextOf, type Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { dateOf } from "../../words/dates";
import { Differences } from "./Differences";
import { Facts } from "./Facts";
import { exactly } from "../../resource/json/parse";
import { Known, useNames } from "./names";
import { words } from "./words";

interface Version {
  number: string;
  at: string;
  method: string;
  resource: Resource | undefined; // none for a deletion
}

/** The versions of a bundle of history, newest first. */
export function versionsOf(bundle: Bundle): Version[] {
  return (bundle.entry ?? []).map((e) => {
    const { request, response } = e as { request?: { method?: string }; response?: { etag?: string; lastModified?: string; status?: string } };
    const made = response?.status?.startsWith("201") ? "POST" : (request?.method ?? "");
    return { number: response?.etag?.match(/"(.+)"/)?.[1] ?? e.resource?.meta?.versionId ?? "", at: response?.lastModified ?? "", method: made, resource: e.resource };
  });
}

/** All versions of a resource, how two of them differ, and who stands behind it. */
export function Versions({ resource }: { resource: Resource }) {
  const t = useSay();
  const { language } = useWho();
  const path = `${resource.resourceType}/${resource.id}`;
  const history = useInfiniteQuery({
    queryKey: ["record", "history", path],
    initialPageParam: `/fhir/${path}/_history?_count=20`,
    queryFn: async ({ pageParam, signal }) => (await fhir<Bundle>(pageParam, { signal, parse: exactly })).data,
    getNextPageParam: (last) => nextOf(last) || undefined,
  });
  if (history.error) return <Failed error={history.error} again={() => void history.refetch()} />;
  if (!history.data) return <Skeleton active />;
  const versions = history.data.pages.flatMap(versionsOf);
  const did = { POST: words.made, DELETE: words.deleted, PUT: words.changed, PATCH: words.changed };
  return (
    <Flex vertical gap={16}>
      <Table
        size="small"
        rowKey="number"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={versions}
        columns={[
          { title: t(words.version), render: (_, v) => (v.resource ? <Link to={`/record/${path}/${v.number}`}>{t(words.nth, v.number)}</Link> : t(words.nth, v.number)) },
          { title: t(words.changedAt), render: (_, v) => <span className="numbers">{dateOf(v.at, language)}</span> },
          { title: t(words.how), render: (_, v) => t(did[v.method as keyof typeof did] ?? words.changed) },
          { title: <span className="unseen">{t(words.shown)}</span>, render: (_, v) => (v.number === resource.meta?.versionId ? t(words.shown) : "") },
        ]}
      />
      {history.hasNextPage && <Button onClick={() => void history.fetchNextPage()} loading={history.isFetchingNextPage}>{t(words.moreVersions)}</Button>}
      <Compare versions={versions.filter((v) => v.resource)} />
      <Behind path={path} />
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
function Behind({ path }: { path: string }) {
  const t = useSay();
  const { data, error } = useQuery({
    queryKey: ["record", "provenance", path],
    queryFn: async ({ signal }) => (await fhir<Bundle>(`Provenance?target=${path}&_count=20`, { signal })).data,
  });
  const before = useContext(Known);
  const names = useNames(data);
  const all = (data?.entry ?? []).flatMap((e) => (e.resource?.resourceType === "Provenance" ? [e.resource] : []));
  return (
    <section>
      <Typography.Title level={2} style={{ fontSize: "1.1em" }}>{t(words.provenance)}</Typography.Title>
      {error && <Failed error={error} />}
      {data && all.length === 0 && <Typography.Text type="secondary">{t(words.noProvenance)}</Typography.Text>}
      <Known.Provider value={new Map([...before, ...(names.data ?? [])])}>{all.map((p) => <Facts key={p.id} resource={p} path="Provenance" />)}</Known.Provider>
    </section>
  );
}
