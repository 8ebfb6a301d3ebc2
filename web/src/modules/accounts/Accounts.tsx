import { SearchOutlined } from "@ant-design/icons";
import { Button, Card, Flex, Input, Typography } from "antd";
import { type FormEvent, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { roles } from "../../app/words";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { type Column, Rows } from "../../parts/Rows";
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
  const { nameOf, columns, filed } = useColumns(all, institution);
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
      {found.isPending && <Loading rows={8} />}
      {found.data && (
        <Rows
          name="accounts"
          label={t(words.title)}
          columns={columns}
          filed={filed}
          rows={all}
          rowKey={(a) => a.id}
          every={() => everyAccount(want)}
          empty={<Nothing searched={text !== "" || institution !== ""} />}
        />
      )}
      {all.length > 0 && (
        <Flex wrap gap={12} align="center">
          <span role="status">{t(words.shown, found.data?.pages[0]?.total ?? 0, all.length)}</span>
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
function useColumns(all: Account[], institution: string) {
  const t = useSay();
  const times = useTimes();
  const { language } = useWho();
  const named = useNamed([institution, ...all.flatMap((a) => [a.home, a.person, ...(a.can ?? []).map((c) => c.institution)])]);
  const nameOf = (reference: string) => {
    const known = named.data?.get(reference);
    return known ? titleOf(known, language) : reference;
  };
  const personOf = (a: Account) => (!a.person ? "" : a.person.startsWith("Practitioner/") ? nameOf(a.person) : t(words.residentAccount));
  const rolesOf = (a: Account) => [...new Set((a.can ?? []).map((c) => [t(roles[c.role]), c.institution && nameOf(c.institution)].filter(Boolean).join(" · ")))];
  const columns: Column<Account>[] = [
    { key: "name", words: words.name, text: (a) => a.called || a.name || t(words.residentAccount), show: (a) => <Name of={a} /> },
    { key: "state", words: words.state, few: true, text: (a) => t(words[stateOf(a, Date.now())]), show: (a) => <Standing of={stateOf(a, Date.now())} /> },
    { key: "roles", words: words.roles, text: (a) => rolesOf(a).join("; "), show: (a) => <Roles all={rolesOf(a)} /> },
    { key: "person", words: words.person, text: personOf, show: (a) => (a.person ? <Link to={`/record/${a.person}`} style={{ minHeight: 24 }}>{personOf(a)}</Link> : "—") },
    { key: "seen", words: words.seen, numbers: true, text: (a) => (a.seen ? times.time(a.seen) : ""), order: (a) => a.seen ?? "", show: (a) => (a.seen ? times.time(a.seen) : "—") },
    { key: "expires", words: words.expires, numbers: true, text: (a) => (a.expires ? times.day(a.expires) : t(words.longTerm)), order: (a) => a.expires ?? "9999" },
  ];
  const filed: Column<Account>[] = [
    { key: "login", words: words.loginName, text: (a) => a.name ?? "" },
    { key: "phone", words: words.phone, text: (a) => a.phone ?? "" },
    { key: "home", words: words.home, text: (a) => (a.home ? nameOf(a.home) : t(words.platform)) },
  ];
  return { nameOf, columns, filed };
}

function Name({ of }: { of: Account }) {
  const t = useSay();
  return (
    <Flex vertical>
      <Link to={`/accounts/${of.id}`} style={{ fontWeight: 600, minHeight: 24 }}>{of.called || of.name || t(words.residentAccount)}</Link>
      {of.called && of.name && <Typography.Text type="secondary">{of.name}</Typography.Text>}
    </Flex>
  );
}

/** The roles of an account, each with its institution. */
function Roles({ all }: { all: string[] }) {
  const t = useSay();
  if (all.length === 0) return <Typography.Text type="secondary">{t(words.noRole)}</Typography.Text>;
  return <Flex vertical>{all.map((line) => <span key={line}>{line}</span>)}</Flex>;
}
