import { Button, Flex, Tag, Typography } from "antd";
import { Link } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { type Column, Rows } from "../../parts/Rows";
import { useTimes } from "../../parts/times";
import { titleOf } from "../../resource/summary";
import { useNamed } from "../accounts/staff";
import { calledIn, type Client, stateOf, useClients } from "./clients";
import { words } from "./words";

/** The programs that may work with the platform. */
export default function Clients() {
  const t = useSay();
  const times = useTimes();
  const { language } = useWho();
  const { role } = useActing();
  const found = useClients();
  const all = found.data?.pages.flat() ?? [];
  const named = useNamed(all.map((c) => c.institution));
  const columns: Column<Client>[] = [
    { key: "name", words: words.name, text: (c) => calledIn(c, language), show: (c) => <Link to={`/clients/${c.id}`} style={{ fontWeight: 600, minHeight: 24 }}>{calledIn(c, language)}</Link> },
    { key: "state", words: words.state, few: true, text: (c) => t(words[stateOf(c, Date.now())]), show: (c) => <State of={c} /> },
    { key: "kind", words: words.kind, few: true, text: (c) => t(c.backend ? words.backend : words.app) },
    {
      key: "institution", words: words.institution,
      text: (c) => {
        const known = named.data?.get(c.institution);
        return known ? titleOf(known, language) : c.institution;
      },
    },
    { key: "expires", words: words.expires, numbers: true, text: (c) => times.day(c.expires), order: (c) => c.expires },
    { key: "contact", words: words.contact, text: (c) => c.contact ?? "" },
  ];
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <LinkButton type="primary" to="/clients/new">{t(words.make)}</LinkButton>
      </Flex>
      <Typography.Text type="secondary">{t(role === "administrator" ? words.backendWhy : words.why)}</Typography.Text>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={8} />}
      {found.data && <Rows name="programs" label={t(words.title)} columns={columns} rows={all} rowKey={(c) => c.id} empty={<Empty title={t(words.none)} why={t(words.noneWhy)} />} />}
      {found.hasNextPage && <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>{t(words.more)}</Button>}
    </Flex>
  );
}

/** How a program stands, in words. */
export function State({ of }: { of: Client }) {
  const t = useSay();
  const state = stateOf(of, Date.now());
  return <Tag color={state === "open" ? "success" : "error"} variant="outlined" style={{ marginInlineEnd: 0 }}><strong>{t(words[state])}</strong></Tag>;
}
