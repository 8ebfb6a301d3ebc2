import { Button, Card, Flex, Tag, Typography } from "antd";
import { Link } from "react-router";
import type { Text } from "../../words";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { typeOf } from "../../resource/elements";
import { useTimes } from "../../parts/times";
import { idOf, inWords, type Place, useInbox } from "./cases";
import { Deadline } from "./Deadline";
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

/** One matter, as a card that leads to it; yours where it is for the reader to act. */
export function Matter({ place, yours = place.waits === "resident" }: { place: Place; yours?: boolean }) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  return (
    <Link to={`/cases/${idOf(place.case)}`}>
      <Card size="small" hoverable>
        <Flex vertical gap={4}>
          <Flex justify="space-between" gap="small" wrap>
            <Typography.Text strong>{inWords(place, "process", language)}{place.focus && ` · ${typeOf(place.focus.split("/")[0] ?? "", language)}`}</Typography.Text>
            <Tag {...(yours ? { color: "warning", variant: "solid" as const } : { variant: "outlined" as const })}>{inWords(place, "state", language)}</Tag>
          </Flex>
          {place.deadline && place.waits && (
            <Typography.Text type="secondary">
              {t(yours ? words.byWhen : words.byOthers, times.day(place.deadline))} (<Deadline place={place} />)
            </Typography.Text>
          )}
          {!place.waits && place.since && <Typography.Text type="secondary">{times.day(place.since)}</Typography.Text>}
        </Flex>
      </Card>
    </Link>
  );
}
