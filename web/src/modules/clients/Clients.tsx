import { Button, Flex, Table, Tag, Typography } from "antd";
import { Link } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { useTimes } from "../../parts/times";
import { titleOf } from "../../resource/summary";
import { useNamed } from "../accounts/staff";
import { type Client, stateOf, useClients } from "./clients";
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
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <LinkButton type="primary" to="/clients/new">{t(words.make)}</LinkButton>
      </Flex>
      <Typography.Text type="secondary">{t(role === "administrator" ? words.backendWhy : words.why)}</Typography.Text>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={8} />}
      {found.data && all.length === 0 && <Empty title={t(words.none)} why={t(words.noneWhy)} />}
      {all.length > 0 && (
        <Table<Client>
          rowKey="id"
          size="middle"
          pagination={false}
          scroll={{ x: "max-content" }}
          dataSource={all}
          columns={[
            { title: t(words.name), render: (_, c) => <Link to={`/clients/${c.id}`} style={{ fontWeight: 600, minHeight: 24 }}>{language === "en" ? (c.english ?? c.name) : c.name}</Link> },
            { title: t(words.state), render: (_, c) => <State of={c} /> },
            { title: t(words.kind), render: (_, c) => t(c.backend ? words.backend : words.app) },
            {
              title: t(words.institution),
              render: (_, c) => {
                const known = named.data?.get(c.institution);
                return known ? titleOf(known, language) : c.institution;
              },
            },
            { title: t(words.expires), render: (_, c) => <span className="numbers">{times.day(c.expires)}</span> },
            { title: t(words.contact), render: (_, c) => c.contact ?? "—" },
          ]}
        />
      )}
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
