import { DownloadOutlined, SearchOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Button, Card, Flex, Input, Table, Typography } from "antd";
import { type FormEvent, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { roles } from "../../app/words";
import { useActing, useSay, useWho } from "../../app/session";
import { csv } from "../../parts/csv";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { save } from "../../parts/save";
import { useTimes } from "../../parts/times";
import { titleOf } from "../../resource/summary";
import { type Account, everyAccount, type Sought, useAccounts, useNamed } from "./staff";
import { Standing } from "./Standing";
import { stateOf } from "./states";
import { words } from "./words";

/** The accounts of staff: an administrator's own, all of them for who runs the platform. */
export default function Accounts() {
  const t = useSay();
  const acting = useActing();
  const [params, setParams] = useSearchParams();
  const institution = acting.role === "operator" ? (params.get("institution") ?? "") : "";
  const [typed, type] = useState("");
  const [text, look] = useState("");
  const want: Sought = { text, institution };
  const found = useAccounts(want);
  const all = found.data?.pages.flatMap((p) => p.accounts) ?? [];
  const { nameOf, table } = useTable(all, institution);
  const download = useMutation({ mutationFn: () => everyAccount(want), onSuccess: (every) => save(csv(table(every)), `${t(words.exportName)}.csv`, "text/csv") });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    look(typed.trim());
  };
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <LinkButton type="primary" to="/accounts/new">{t(words.make)}</LinkButton>
      </Flex>
      <Card>
        <form onSubmit={submit} role="search" autoComplete="off">
          <label htmlFor="accounts-text">{t(words.box)}</label>
          <Flex gap={8} wrap style={{ marginBlock: 8 }}>
            <Input id="accounts-text" value={typed} onChange={(e) => type(e.target.value)} style={{ flex: "1 1 240px", maxWidth: 560 }} aria-describedby="accounts-help" />
            <Button type="primary" htmlType="submit" icon={<SearchOutlined aria-hidden />} loading={found.isFetching && !found.isFetchingNextPage}>{t(words.find)}</Button>
          </Flex>
          <div id="accounts-help">
            <Typography.Text type="secondary">{t(words.boxHelp)}</Typography.Text>
            {acting.role === "operator" && <div><Typography.Text type="secondary">{t(words.boxOperator)}</Typography.Text></div>}
          </div>
          {institution && (
            <Flex gap={8} wrap align="center" style={{ marginBlockStart: 8 }}>
              <Typography.Text strong>{t(words.atInstitution, nameOf(institution))}</Typography.Text>
              <Button size="small" onClick={() => setParams({})}>{t(words.anyInstitution)}</Button>
            </Flex>
          )}
        </form>
      </Card>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {download.error && <Failed error={download.error} />}
      {found.isPending && <Loading rows={8} />}
      {found.data && all.length === 0 && <Nothing searched={text !== "" || institution !== ""} />}
      {all.length > 0 && (
        <Flex vertical gap={12}>
          <Flex wrap gap={12} align="center" justify="space-between">
            <span role="status">{t(words.shown, found.data?.pages[0]?.total ?? 0, all.length)}</span>
            <Button icon={<DownloadOutlined aria-hidden />} onClick={() => download.mutate()} loading={download.isPending}>{t(words.export)}</Button>
          </Flex>
          <List all={all} nameOf={nameOf} />
          {found.hasNextPage && <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>{t(words.more)}</Button>}
        </Flex>
      )}
    </Flex>
  );
}

function Nothing({ searched }: { searched: boolean }) {
  const t = useSay();
  if (searched) return <Empty title={t(words.none)} why={t(words.noneWhy)} />;
  return <Empty title={t(words.noneYet)} why={t(words.noneYetWhy)}><LinkButton to="/accounts/new">{t(words.make)}</LinkButton></Empty>;
}

/** What the table and the file say of accounts; names of others are asked for in one request. */
function useTable(all: Account[], institution: string) {
  const t = useSay();
  const times = useTimes();
  const { language } = useWho();
  const named = useNamed([institution, ...all.flatMap((a) => [a.home, a.person, ...(a.can ?? []).map((c) => c.institution)])]);
  const nameOf = (reference: string) => {
    const known = named.data?.get(reference);
    return known ? titleOf(known, language) : reference;
  };
  const table = (every: Account[]) => [
    [words.name, words.loginName, words.phone, words.person, words.roles, words.state, words.home, words.seen, words.expires].map((w) => t(w)),
    ...every.map((a) => [
      a.called ?? "", a.name ?? "", a.phone ?? "", a.person ? nameOf(a.person) : "",
      (a.can ?? []).map((c) => [t(roles[c.role]), c.institution && nameOf(c.institution)].filter(Boolean).join(" ")).join("; "),
      t(words[stateOf(a, Date.now())]), a.home ? nameOf(a.home) : t(words.platform), a.seen ? times.time(a.seen) : "", a.expires ? times.day(a.expires) : t(words.longTerm),
    ]),
  ];
  return { nameOf, table };
}

function List({ all, nameOf }: { all: Account[]; nameOf: (reference: string) => string }) {
  const t = useSay();
  const times = useTimes();
  return (
    <Table<Account>
      rowKey="id"
      size="middle"
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={all}
      columns={[
        {
          title: t(words.name),
          render: (_, a) => (
            <Flex vertical>
              <Link to={`/accounts/${a.id}`} style={{ fontWeight: 600, minHeight: 24 }}>{a.called || a.name || t(words.residentAccount)}</Link>
              {a.called && a.name && <Typography.Text type="secondary">{a.name}</Typography.Text>}
            </Flex>
          ),
        },
        { title: t(words.state), render: (_, a) => <Standing of={stateOf(a, Date.now())} /> },
        { title: t(words.roles), render: (_, a) => <Roles of={a} nameOf={nameOf} /> },
        { title: t(words.person), render: (_, a) => (a.person ? <Link to={`/record/${a.person}`} style={{ minHeight: 24 }}>{a.person.startsWith("Practitioner/") ? nameOf(a.person) : t(words.residentAccount)}</Link> : "—") },
        { title: t(words.seen), render: (_, a) => <span className="numbers">{a.seen ? times.time(a.seen) : "—"}</span> },
        { title: t(words.expires), render: (_, a) => <span className="numbers">{a.expires ? times.day(a.expires) : t(words.longTerm)}</span> },
      ]}
    />
  );
}

/** The roles of an account, each with its institution; each once. */
function Roles({ of, nameOf }: { of: Account; nameOf: (reference: string) => string }) {
  const t = useSay();
  const lines = new Set((of.can ?? []).map((c) => [t(roles[c.role]), c.institution && nameOf(c.institution)].filter(Boolean).join(" · ")));
  if (lines.size === 0) return <Typography.Text type="secondary">{t(words.noRole)}</Typography.Text>;
  return <Flex vertical>{[...lines].map((line) => <span key={line}>{line}</span>)}</Flex>;
}
