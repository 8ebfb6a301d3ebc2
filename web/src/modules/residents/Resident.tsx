import { PrinterOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Alert, Button, Card, Flex, Skeleton, Typography } from "antd";
import { lazy, Suspense, useMemo } from "react";
import { Link, useParams } from "react-router";
import { type Bundle, fhir, nextOf, type Resource } from "../../api/fhir";
import { operate } from "../../api/parameters";
import { useActing, useSay } from "../../app/session";
import { LinkButton } from "../../parts/LinkButton";
import { Sections } from "../../parts/Sections";
import { exactly } from "../../resource/json/parse";
import { Closed } from "../emergency/Closed";
import { OpenBanner } from "../emergency/OpenBanner";
import { Known } from "../record/names";
import { Banner } from "./Banner";
import { isNotice, kinds, newestFirst, ofKind } from "./kinds";
import { Entries } from "./Entries";
import { Timeline } from "./Timeline";
import { words } from "./words";

const Trends = lazy(() => import("./Trends"));

const pageSize = 500;

/** A resident's record, for those who treat them. */
export default function Resident() {
  const { id = "" } = useParams();
  return <Whole id={id} />;
}

/** The own record, or that of whom one acts for. */
export function Mine() {
  const { resident } = useActing();
  return <Whole id={resident?.split("/")[1] ?? ""} mine />;
}

/** All that is about a resident and may be seen, page by page; with those to whom it refers. */
function useEverything(id: string) {
  const query = useInfiniteQuery({
    queryKey: ["residents", "everything", id],
    initialPageParam: "",
    queryFn: async ({ pageParam, signal }) => {
      const asked = { signal, parse: exactly };
      const page = pageParam ? fhir<Bundle>(pageParam, asked) : operate("Patient/[id]/$everything", { _count: pageSize }, { id, ...asked });
      return (await page).data;
    },
    getNextPageParam: (last) => nextOf(last) || undefined,
    enabled: id !== "",
  });
  const found = useMemo(() => {
    const entries = query.data?.pages.flatMap((p) => p.entry ?? []) ?? [];
    const known = new Map(entries.flatMap((e) => (e.resource ? [[`${e.resource.resourceType}/${e.resource.id}`, e.resource] as const] : [])));
    const matched = entries.flatMap((e) => (e.resource && e.search?.mode === "match" ? [e.resource] : []));
    return { known, all: newestFirst(matched.filter((r) => r.resourceType !== "Patient")), patient: known.get(`Patient/${id}`) };
  }, [query.data, id]);
  return { query, ...found };
}

function Whole({ id, mine = false }: { id: string; mine?: boolean }) {
  const t = useSay();
  const { role } = useActing();
  const { query, known, all, patient } = useEverything(id);
  if (query.error && !query.data) return <Closed id={id} error={query.error} again={() => void query.refetch()} />;
  if (!query.data || !patient) return <Skeleton active paragraph={{ rows: 8 }} />;
  const present = [...kinds, { key: "others", words: words.others }].map((k) => ({ ...k, of: ofKind(all, k.key) })).filter((k) => k.of.length > 0);
  const allergies = ofKind(all, "allergies").filter(stands); // none is not said where there may be some: of what is not loaded yet, and to who acts for another one, who may not see them
  return (
    <Known.Provider value={known}>
      <Flex vertical gap={16}>
        {mine && (
          <Flex justify="space-between" align="center" wrap gap="small">
            <Typography.Title level={1} style={{ margin: 0 }}>{t(words.mine)}</Typography.Title>
            <Button className="no-print" icon={<PrinterOutlined />} onClick={() => window.print()}>{t(words.print)}</Button>
          </Flex>
        )}
        {!mine && <OpenBanner patient={patient} loaded={all} whole={!query.hasNextPage} />}
        <Banner patient={patient} known={known} level={mine ? 2 : 1} allergies={allergies.length > 0 || (role !== "proxy" && !query.hasNextPage) ? allergies : undefined} />
        <Flex gap={16} align="center" wrap className="no-print"><Link to={`/record/Patient/${id}`}>{t(words.details)}</Link>{!mine && role === "doctor" && <><LinkButton size="small" to={`/residents/${id}/refer`}>{t(words.refer)}</LinkButton><LinkButton size="small" to={`/residents/${id}/book`}>{t(words.higher)}</LinkButton></>}</Flex>
        {query.hasNextPage && (
          <Alert type="info" title={t(words.loaded, all.length)} action={<Button size="small" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t(words.more)}</Button>} />
        )}
        <Card styles={{ body: { paddingBlockStart: 4 } }}>
          <Sections
            items={[
              { key: "timeline", label: t(words.timeline), children: <Timeline all={all.filter((r) => !isNotice(r))} /> },
              ...present.map((k) => ({ key: k.key, label: `${t(k.words)} ${k.of.length}`, children: <Entries key={k.key} name={k.key} label={t(k.words)} of={k.of} /> })),
              { key: "trends", label: t(words.charts), children: <Suspense fallback={<Skeleton active />}><Trends all={all} /></Suspense> },
            ]}
          />
        </Card>
      </Flex>
    </Known.Provider>
  );
}

/** Whether an allergy is one that somebody still has to mind. */
function stands(r: Resource): boolean {
  const is = (element: string, code: string) => JSON.stringify(r[element] ?? "").includes(`"${code}"`);
  return !is("clinicalStatus", "inactive") && !is("clinicalStatus", "resolved") && !is("verificationStatus", "refuted") && !is("verificationStatus", "entered-in-error");
}
