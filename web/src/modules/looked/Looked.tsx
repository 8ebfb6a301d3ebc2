import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Flex, Segmented, Skeleton, Tag, theme, Typography } from "antd";
import { useEffect, useState } from "react";
import { type Bundle, fhir, matches, nextOf, type Reference, type Resource } from "../../api/fhir";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { dateOf } from "../../words/dates";
import { narrative } from "../../resource/narrative";
import { isMembers } from "../../resource/shape";
import { words } from "./words";

type Which = "others" | "all" | "refused";

const shownAtLeast = 5;
const pagesMost = 6; // read without being asked

/** Who has looked at the own record, in the trail's own words, and who tried to. */
export default function Looked() {
  const t = useSay();
  const { resident = "" } = useActing();
  const [which, choose] = useState<Which>("others");
  const query = useInfiniteQuery({
    queryKey: ["looked", resident, which === "refused"],
    initialPageParam: `/fhir/AuditEvent?patient=${resident}&_count=50${which === "refused" ? "&subtype=urn:yitong:outcome|denied" : ""}`,
    queryFn: async ({ pageParam, signal }) => (await fhir<Bundle>(pageParam, { signal })).data,
    getNextPageParam: (last) => nextOf(last) || undefined,
  });
  const all = query.data?.pages.flatMap(matches) ?? [];
  const shown = which === "others" ? all.filter((e) => !isOwn(e, resident)) : all;
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const further = hasNextPage && !isFetching && !query.error && shown.length < shownAtLeast && (query.data?.pages.length ?? 0) < pagesMost;
  useEffect(() => {
    if (further) void fetchNextPage(); // own looks may fill whole pages
  }, [further, fetchNextPage]);
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
      <Typography.Text type="secondary">{t(words.why)}</Typography.Text>
      <Segmented<Which>
        aria-label={t(words.show)}
        value={which}
        onChange={choose}
        options={(["others", "refused", "all"] as const).map((value) => ({ value, label: t(words[value]) }))}
        style={{ alignSelf: "flex-start", maxWidth: "100%" }}
      />
      {query.error && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.isPending && <Skeleton active />}
      {query.data && shown.length === 0 && <Empty title={t(query.hasNextPage ? words.so : words.nobody)} why={t(words.nobodyWhy)} />}
      {shown.length > 0 && <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>{shown.map((e) => <Look key={e.id} event={e} own={isOwn(e, resident)} />)}</ul>}
      {query.hasNextPage && <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t(words.more)}</Button>}
    </Flex>
  );
}

/** Who did it: the agent that asked for it. */
function actorOf(event: Resource): string | undefined {
  const agents = (event["agent"] ?? []) as { who?: Reference; requestor?: boolean }[];
  return agents.find((a) => a.requestor)?.who?.reference;
}

/** What the resident did, or somebody with the resident's account: a sign-in is no look at the record. */
function isOwn(event: Resource, resident: string): boolean {
  const done = (event["subtype"] ?? []) as { code?: string }[];
  return actorOf(event) === resident || done.some((d) => d.code === "sign-in");
}

function Look({ event, own }: { event: Resource; own: boolean }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const text = isMembers(event["text"]) ? String(event["text"]["div"] ?? "") : "";
  const refused = event["outcome"] !== "0";
  const when = dateOf(String(event["recorded"] ?? ""), language);
  return (
    <li style={{ background: token.colorBgContainer, border: `1px solid ${token.colorBorderSecondary}`, borderRadius: token.borderRadius, padding: "8px 16px", marginBlockEnd: 8 }}>
      <Flex wrap gap="4px 16px" align="center" justify="space-between">
        <div style={{ flex: "1 1 260px" }}>{narrative(text, language) ?? when}</div>
        <Flex gap={12} align="center">
          {refused && <Tag color="error" variant="outlined"><strong>{t(words.wasRefused)}</strong></Tag>}
          {!own && (
            <LinkButton size="small" type="link" to={`/matters/begin?process=access-question&event=AuditEvent/${event.id}`} aria-label={t(words.askOf, when)}>
              {t(words.ask)}
            </LinkButton>
          )}
        </Flex>
      </Flex>
    </li>
  );
}
