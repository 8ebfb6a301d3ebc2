import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Flex } from "antd";
import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import { type Bundle, fhir, matches, nextOf } from "../../api/fhir";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { type AuditEvent, namedIn, toldOf } from "./event";
import { Event } from "./Event";
import { EventTable } from "./EventTable";
import { type Filter, print, queryOf, read } from "./filter";
import { Filters } from "./Filters";
import { useCalled } from "./names";
import { words } from "./words";

const pagesMost = 4; // short ones that are read without being asked

/** The events of the trail that meet what stands in the address, the newest first. */
export function Events() {
  const t = useSay();
  const [address, go] = useSearchParams();
  const [opened, open] = useState<string>();
  const filter = read(address, new Date());
  const change = (to: Partial<Filter>) => {
    open(undefined);
    go(print({ ...filter, ...to }, new Date()));
  };
  const query = useInfiniteQuery({
    queryKey: ["trail", "events", queryOf(filter)],
    initialPageParam: queryOf(filter),
    queryFn: async ({ pageParam, signal }) => (await fhir<Bundle>(pageParam, { signal })).data,
    getNextPageParam: (last) => nextOf(last) || undefined,
  });
  const events = (query.data?.pages.flatMap(matches) ?? []) as AuditEvent[];
  const all = events.map(toldOf);
  const names = useCalled(namedIn(all));
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const further = hasNextPage && !isFetching && !query.error && all.length === 0 && (query.data?.pages.length ?? 0) < pagesMost;
  useEffect(() => {
    if (further) void fetchNextPage(); // a page may be empty and still have a next
  }, [further, fetchNextPage]);
  const shown = all.find((e) => e.id === opened);
  const refresh = <Button onClick={() => void query.refetch()} loading={query.isRefetching} className="no-print">{t(words.refresh)}</Button>;
  const none = further || isFetching ? <Loading rows={8} /> : <Empty title={t(hasNextPage ? words.soFar : words.none)} why={t(hasNextPage ? words.soFarWhy : words.noneWhy)} />;
  return (
    <Flex vertical gap={16}>
      <Filters filter={filter} names={names} onChange={change} onClear={() => go(new URLSearchParams())} />
      {query.error && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.isPending && <Loading rows={8} />}
      {query.data && <EventTable all={all} names={names} bar={refresh} empty={none} onOpen={open} />}
      {hasNextPage && <div><Button loading={query.isFetchingNextPage} onClick={() => void fetchNextPage()} className="no-print">{t(words.more)}</Button></div>}
      <Event told={shown} event={events.find((e) => e.id === opened)} names={names} onClose={() => open(undefined)} onOnly={change} />
    </Flex>
  );
}
