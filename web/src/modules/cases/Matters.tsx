import { Button, Flex, Typography } from "antd";
import type { Text } from "../../words";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { type Place, useInbox } from "./cases";
import { Matter } from "./Matter";
import { words } from "./words";

/** The matters of a resident: first those in which it is for them to act. */
export default function Matters() {
  const t = useSay();
  const found = useInbox({ of: "begun" });
  const places = (found.data?.pages ?? []).flatMap((p) => p.case);
  const groups: [Text, Place[]][] = [
    [words.toDoFirst, places.filter((p) => p.waits === "resident")],
    [words.underWay, places.filter((p) => p.waits && p.waits !== "resident")],
    [words.closed, places.filter((p) => !p.waits)],
  ];
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.matters)}</Typography.Title>
        {places.length > 0 && <LinkButton type="primary" to="/matters/begin">{t(words.beginOne)}</LinkButton>}
      </Flex>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={6} />}
      {found.data && places.length === 0 && <Empty title={t(words.noMatters)} why={t(words.noMattersWhy)}><LinkButton type="primary" to="/matters/begin">{t(words.beginOne)}</LinkButton></Empty>}
      {groups.filter(([, all]) => all.length > 0).map(([title, all]) => (
        <section key={title[1]} aria-label={t(title)}>
          <Typography.Title level={2}>{t(title)}</Typography.Title>
          <Flex vertical gap="small">
            {all.map((p) => <Matter key={p.case} place={p} />)}
          </Flex>
        </section>
      ))}
      {found.hasNextPage && <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>{t(words.moreToCome)}</Button>}
    </Flex>
  );
}
