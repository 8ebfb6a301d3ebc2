import { ArrowLeftOutlined } from "@ant-design/icons";
import { Button, Flex, Typography } from "antd";
import { type ReactNode, useState } from "react";
import { Link, useParams } from "react-router";
import { matches, type Reference, type Resource } from "../../api/fhir";
import { Problem } from "../../api/http";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { Pairs } from "../../parts/Pairs";
import { type Column, Rows } from "../../parts/Rows";
import { useTimes } from "../../parts/times";
import { type Concept, conceptOf } from "../../resource/codes";
import { nameOf, titleOf, whenOf } from "../../resource/summary";
import { useNamed } from "../accounts/staff";
import { editable, extensible } from "./forms";
import { allianceOf, institutionOf, partIn, useInstitution, usePosts, type Whole } from "./institutions";
import { Active } from "./Institutions";
import { listed } from "../../words/list";
import { words } from "./words";
import { Edit } from "./Write";

/** One institution: how to reach it, its departments and places, who works there. */
export default function InstitutionPage() {
  const { id = "" } = useParams();
  const t = useSay();
  const { language } = useWho();
  const acting = useActing();
  const found = useInstitution(id);
  const [editing, edit] = useState(false);
  const whole = found.data;
  if (found.error && !whole) {
    const missing = found.error instanceof Problem && found.error.status === 404;
    return (
      <Flex vertical gap={16}>
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        {missing ? <Empty title={t(words.missing)}><LinkButton to="/institutions">{t(words.back)}</LinkButton></Empty> : <Failed error={found.error} again={() => void found.refetch()} />}
      </Flex>
    );
  }
  if (!whole) return <Loading rows={10} />;
  const i = institutionOf(whole.resource, language);
  return (
    <Flex vertical gap={16}>
      <div><LinkButton type="link" to="/institutions" icon={<ArrowLeftOutlined aria-hidden />} style={{ paddingInline: 0 }}>{t(words.back)}</LinkButton></div>
      <Flex align="center" gap="4px 12px" wrap>
        <Typography.Title level={1} style={{ margin: 0 }}>{i.name}</Typography.Title>
        <Active is={i.active} />
      </Flex>
      <Flex gap="small" wrap className="no-print">
        {editable(acting, whole.resource) && <Button type="primary" onClick={() => edit(true)}>{t(words.edit)}</Button>}
        {extensible(acting, id) && <LinkButton to="/institutions/new">{t(words.makeDepartment)}</LinkButton>}
        {acting.role === "operator" && <LinkButton to={`/accounts?institution=Organization/${id}`}>{t(words.accounts)}</LinkButton>}
        <LinkButton to={`/record/Organization/${id}`}>{t(words.record)}</LinkButton>
      </Flex>
      {editing && <Edit of={whole.resource} onDone={() => edit(false)} />}
      <Part title={t(words.about)}><About of={whole} /></Part>
      {whole.members.length > 0 && <Part title={t(words.members)}><Members of={whole.members} /></Part>}
      {whole.memberOf.length > 0 && <Part title={t(words.agreements)}><Agreements of={whole.memberOf} /></Part>}
      {whole.members.length === 0 && <Part title={t(words.departments)}><Departments of={whole} /></Part>}
      {whole.members.length === 0 && <Part title={t(words.locations)}><Locations of={whole.locations} /></Part>}
      {whole.members.length === 0 && <Part title={t(words.people)}><People id={id} /></Part>}
    </Flex>
  );
}

/** The link to an institution that is referred to. */
function To({ of }: { of: Reference | undefined }) {
  return <Link to={`/institutions/${of?.reference?.split("/")[1] ?? ""}`} style={{ minHeight: 24 }}>{of?.display ?? of?.reference}</Link>;
}

function About({ of }: { of: Whole }) {
  const t = useSay();
  const { language } = useWho();
  const i = institutionOf(of.resource, language);
  const named = useNamed([i.parent?.display ? undefined : i.parent?.reference]);
  const parent = named.data?.get(i.parent?.reference ?? "");
  const belongs = of.memberOf.filter((a) => a["active"] !== false);
  const lines: [string, ReactNode][] = [
    [t(words.kind), i.kind],
    [t(words.level), i.level],
    [t(words.alias), i.alias],
    [t(words.parent), i.parent && <To of={parent ? { ...i.parent, display: titleOf(parent, language) } : i.parent} />],
    [t(words.alliance), belongs.length > 0 && <Flex vertical>{belongs.map((a) => <Flex key={a.id} gap={8}><To of={allianceOf(a)} /><span>{partIn(a, language)}</span></Flex>)}</Flex>],
    [t(words.district), i.district],
    [t(words.address), i.address],
    [t(words.phone), i.phone && <a className="numbers" href={`tel:${i.phone}`}>{i.phone}</a>],
    [t(words.credit), i.credit && <span className="numbers">{i.credit}</span>],
    [t(words.id), i.id],
  ];
  return <Pairs of={lines} />;
}

function Members({ of }: { of: Resource[] }) {
  const { language } = useWho();
  return (
    <ul style={{ margin: 0, paddingInlineStart: 20, columns: "280px auto" }}>
      {of.map((a) => <li key={a.id} style={{ paddingBlock: 4, breakInside: "avoid" }}><Flex gap={8}><To of={a["participatingOrganization"] as Reference} /><span>{partIn(a, language)}</span></Flex></li>)}
    </ul>
  );
}

/** By what the institution belongs to alliances: with whom, as what, from when to when, and which of its departments take referrals. */
function Agreements({ of }: { of: Resource[] }) {
  const t = useSay();
  const times = useTimes();
  const { language } = useWho();
  const names = (value: unknown, name: (one: never) => string) => listed(((value ?? []) as never[]).map(name), language);
  const period = ({ start, end }: { start?: string; end?: string } = {}) =>
    end ? t(words.between, start ? times.day(start) : "…", times.day(end)) : start && t(words.from, times.day(start));
  return (
    <Flex vertical gap={16}>
      {of.map((a) => (
        <Pairs
          key={a.id}
          of={[
            [t(words.alliance), allianceOf(a)?.display],
            [t(words.lead), <To key="lead" of={a["organization"] as Reference} />],
            [t(words.part), names(a["code"], (c: Concept) => conceptOf(c, language))],
            [t(words.period), period(a["period"] as { start?: string; end?: string } | undefined)],
            [t(words.takes), names(a["healthcareService"], (r: Reference) => r.display ?? r.reference ?? "")],
            [t(words.state), a["active"] === false ? t(words.ended) : ""],
          ]}
        />
      ))}
    </Flex>
  );
}

function Departments({ of }: { of: Whole }) {
  const t = useSay();
  const { language } = useWho();
  if (of.parts.length + of.services.length === 0) return <Typography.Text type="secondary">{t(words.noDepartments)}</Typography.Text>;
  const list = (title: string, all: Resource[], to: (r: Resource) => string) =>
    all.length > 0 && (
      <section>
        <Typography.Title level={3} style={{ marginBlock: "0 4px" }}>{title}</Typography.Title>
        <ul style={{ listStyle: "none", margin: 0, padding: 0, columns: "180px auto" }}>
          {all.map((r) => <li key={r.id} style={{ paddingBlock: 4, breakInside: "avoid" }}><Link to={to(r)} style={{ minHeight: 24 }}>{titleOf(r, language)}</Link></li>)}
        </ul>
      </section>
    );
  return (
    <Flex vertical gap={12}>
      {list(t(words.parts), of.parts, (r) => `/institutions/${r.id}`)}
      {list(t(words.services), of.services, (r) => `/record/HealthcareService/${r.id}`)}
    </Flex>
  );
}

function Locations({ of }: { of: Resource[] }) {
  const t = useSay();
  const { language } = useWho();
  if (of.length === 0) return <Typography.Text type="secondary">{t(words.noLocations)}</Typography.Text>;
  const columns: Column<Resource>[] = [
    { key: "place", words: words.place, text: (r) => titleOf(r, language), show: (r) => <Link to={`/record/Location/${r.id}`} style={{ minHeight: 24 }}>{titleOf(r, language)}</Link> },
    { key: "address", words: words.address, text: (r) => (r["address"] as { text?: string } | undefined)?.text ?? "" },
    { key: "state", words: words.state, few: true, text: (r) => t(r["status"] === "inactive" ? words.inactive : words.active), show: (r) => <Active is={r["status"] !== "inactive"} /> },
  ];
  return <Rows name="places" label={t(words.locations)} columns={columns} rows={of} rowKey={(r) => r.id ?? ""} empty={null} />;
}

function People({ id }: { id: string }) {
  const t = useSay();
  const times = useTimes();
  const { language } = useWho();
  const posts = usePosts(id);
  if (posts.error) return <Failed error={posts.error} again={() => void posts.refetch()} />;
  if (!posts.data) return <Loading />;
  const all = posts.data.pages.flatMap(matches);
  const people = new Map<string, Resource>(posts.data.pages.flatMap((p) => (p.entry ?? []).flatMap((e) => (e.resource?.resourceType === "Practitioner" ? [[`Practitioner/${e.resource.id}`, e.resource] as const] : []))));
  if (all.length === 0) return <Typography.Text type="secondary">{t(words.noPeople)}</Typography.Text>;
  const concepts = (value: unknown) => listed(((value ?? []) as Concept[]).map((c) => conceptOf(c, language)), language);
  const person = (r: Resource) => {
    const who = r["practitioner"] as Reference | undefined;
    return { to: who?.reference ?? "", name: nameOf(people.get(who?.reference ?? "")?.["name"] as { text?: string }[] | undefined) || (who?.display ?? "") };
  };
  const columns: Column<Resource>[] = [
    { key: "person", words: words.person, text: (r) => person(r).name, show: (r) => <Link to={`/record/${person(r).to}`} style={{ minHeight: 24 }}>{person(r).name}</Link> },
    { key: "post", words: words.post, few: true, text: (r) => concepts(r["code"]) || "—", show: (r) => <Link to={`/record/PractitionerRole/${r.id}`} style={{ minHeight: 24 }}>{concepts(r["code"]) || "—"}</Link> },
    { key: "department", words: words.department, few: true, text: (r) => concepts(r["specialty"]) || "—" },
    { key: "since", words: words.since, numbers: true, text: (r) => (whenOf(r) ? times.day(whenOf(r)) : "—"), order: whenOf },
  ];
  return (
    <Flex vertical gap={12}>
      <Rows name="people" label={t(words.people)} columns={columns} rows={all} rowKey={(r) => r.id ?? ""} empty={null} />
      {posts.hasNextPage && <Button onClick={() => void posts.fetchNextPage()} loading={posts.isFetchingNextPage}>{t(words.morePeople)}</Button>}
    </Flex>
  );
}
