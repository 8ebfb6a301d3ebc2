import { ArrowLeftOutlined } from "@ant-design/icons";
import { Flex, Typography } from "antd";
import { type ReactNode, useMemo } from "react";
import { Link, useParams } from "react-router";
import { roles } from "../../app/words";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { Pairs } from "../../parts/Pairs";
import { useTimes } from "../../parts/times";
import { titleOf } from "../../resource/summary";
import { eventsOf, type Version } from "./changes";
import { Grants } from "./Grants";
import { Moves } from "./Moves";
import { Past } from "./Past";
import { type Account, type Can, useAccount, useHistory, useNamed } from "./staff";
import { Standing } from "./Standing";
import { isOwn, stateOf } from "./states";
import { words } from "./words";

/** One account: who it is, what it can act as, who gave it which role, and all that has happened to it. */
export default function AccountPage() {
  const { name = "" } = useParams();
  const t = useSay();
  const { language } = useWho();
  const acting = useActing();
  const account = useAccount(name);
  const a = account.data;
  const history = useHistory<Version>("account", a?.id ?? "", true);
  const named = useNamed([a?.home, a?.person, ...(a?.can ?? []).map((c) => c.institution), ...(a?.grants ?? []).map((g) => g.institution)]);
  const nameOf = useMemo(() => (reference: string) => {
    const known = named.data?.get(reference);
    return known ? titleOf(known, language) : reference;
  }, [named.data, language]);
  const events = useMemo(() => (a ? eventsOf(a, history.data?.changes ?? [], nameOf, language) : []), [a, history.data, nameOf, language]);
  if (account.error && !a) {
    return (
      <Flex vertical gap={16}>
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <Failed error={account.error} again={() => void account.refetch()} />
      </Flex>
    );
  }
  if (!a) return <Loading rows={10} />;
  return (
    <Flex vertical gap={16}>
      <div><LinkButton type="link" to="/accounts" icon={<ArrowLeftOutlined aria-hidden />} style={{ paddingInline: 0 }}>{t(words.back)}</LinkButton></div>
      <Flex align="center" gap="4px 12px" wrap>
        <Typography.Title level={1} style={{ margin: 0 }}>{a.called || a.name || t(words.residentAccount)}</Typography.Title>
        <Standing of={stateOf(a, Date.now())} />
      </Flex>
      <Moves of={a} />
      <Part title={t(words.about)}><About of={a} nameOf={nameOf} /></Part>
      <Part title={t(words.can)}><Abilities of={a} nameOf={nameOf} /></Part>
      <Part title={t(words.grants)}><Grants of={a} nameOf={nameOf} own={isOwn(a, acting.source)} /></Part>
      <Part title={t(words.history)}>
        {history.error && <Failed error={history.error} again={() => void history.refetch()} />}
        {history.data ? <Past events={events} names={{ ...a.names, ...history.data.names }} /> : !history.error && <Loading />}
      </Part>
    </Flex>
  );
}

function About({ of, nameOf }: { of: Account; nameOf: (reference: string) => string }) {
  const t = useSay();
  const times = useTimes();
  const lines: [string, ReactNode][] = [
    [t(words.loginName), of.name],
    [t(words.phone), of.phone && <span className="numbers">{of.phone}</span>],
    [t(words.standsFor), of.person && <Link to={`/record/${of.person}`}>{of.person.startsWith("Practitioner/") ? nameOf(of.person) : t(words.residentAccount)}</Link>],
    [t(words.home), of.name && (of.home ? <Link to={`/institutions/${of.home.split("/")[1]}`}>{nameOf(of.home)}</Link> : t(words.platform))],
    [t(words.factor), of.name && t(of.strong ? words.set : words.notSet)],
    [t(words.seen), of.name && (of.seen ? times.time(of.seen) : t(words.never))],
    [t(words.expires), of.expires ? times.day(of.expires) : t(words.longTerm)],
    [t(words.whyDisabled), of.disabled],
  ];
  return <Pairs of={lines} />;
}

function Abilities({ of, nameOf }: { of: Account; nameOf: (reference: string) => string }) {
  const t = useSay();
  const can = of.can ?? [];
  if (can.length === 0) return <Typography.Text type="secondary">{t(words.nothingNow)}</Typography.Text>;
  return (
    <ul style={{ margin: 0, paddingInlineStart: 20 }}>
      {can.map((c) => (
        <li key={c.source} style={{ paddingBlock: 2 }}>
          {[t(roles[c.role]), c.institution && nameOf(c.institution)].filter(Boolean).join(" · ")} <Typography.Text type="secondary">{t(sourceOf(c))}</Typography.Text>
        </li>
      ))}
    </ul>
  );
}

/** Where a capacity comes from, in words. */
function sourceOf(c: Can) {
  if (c.source.startsWith("grant/")) return words.byGrant;
  if (c.source.startsWith("PractitionerRole/")) return words.byPost;
  return c.source.startsWith("Consent/") ? words.byConsent : words.bySelf;
}
