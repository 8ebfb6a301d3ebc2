import { App, Button, Flex, Select, Tag, Typography } from "antd";
import { Link, useSearchParams } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Pairs } from "../../parts/Pairs";
import { Part } from "../../parts/Part";
import { usePrinting } from "../../parts/printing";
import { type Column, Rows } from "../../parts/Rows";
import { useTimes } from "../../parts/times";
import { toast } from "../../plain/toasts";
import { dayAt } from "../../words/dates";
import { listed } from "../../words/list";
import { type Agreement, type Alliance, alliancesOf, endedBody, type Known, leads, useAgreements, useWrite } from "./agreements";
import { capacityOf } from "./capacity";
import { levels, parts, states, words } from "./words";

/** The alliances of the region: who takes which part, from when to when, and which departments take referrals. Who leads keeps them. */
export default function Alliances() {
  const t = useSay();
  const { institution, role } = useActing();
  const found = useAgreements();
  const [asked, ask] = useSearchParams();
  const all = alliancesOf(found.data?.agreements ?? [], institution);
  const shown = all.find((a) => a.lead.reference === asked.get("lead")) ?? all[0];
  const keeps = role === "office" && leads(shown, institution);
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <Flex gap="small" wrap className="no-print">
          {role === "office" && <LinkButton to="/alliance/departments">{t(words.perDayTitle)}</LinkButton>}
          {keeps && <LinkButton type="primary" to="/alliance/new">{t(words.add)}</LinkButton>}
        </Flex>
      </Flex>
      <Typography.Paragraph type="secondary" style={{ margin: 0 }}>{t(words.why)}</Typography.Paragraph>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={10} />}
      {found.data && !shown && <Empty title={t(words.none)} why={t(words.noneWhy)} />}
      {all.length > 1 && shown && (
        <div style={{ maxWidth: 320 }} className="no-print">
          <label htmlFor="alliance-which">{t(words.which)}</label>
          <Select
            virtual={false}
            id="alliance-which"
            aria-label={t(words.which)}
            value={shown.lead.reference ?? ""}
            options={all.map((a) => ({ value: a.lead.reference ?? "", label: a.name }))}
            onChange={(lead: string) => ask({ lead }, { replace: true })}
            style={{ width: "100%" }}
          />
        </div>
      )}
      {shown && found.data && <One of={shown} known={found.data} keeps={keeps} />}
    </Flex>
  );
}

/** An institution, and the link to it. */
function To({ of }: { of: { reference?: string; display?: string } }) {
  return <Link to={`/institutions/${of.reference?.split("/")[1] ?? ""}`} style={{ minHeight: 24 }}>{of.display}</Link>;
}

interface OneProps {
  of: Alliance;
  known: Known;
  keeps: boolean;
}

function One({ of, known, keeps }: OneProps) {
  const t = useSay();
  const now = of.agreements.filter((a) => a.state === "holds");
  const count = (part: Agreement["part"]) => <span className="numbers">{now.filter((a) => a.part === part).length}</span>;
  return (
    <Part title={of.name}>
      <Flex vertical gap={16}>
        <Pairs
          of={[[t(words.lead), <To key="lead" of={of.lead} />], [t(words.members), count("member")], [t(words.partners), count("partner")]]}
        />
        <Table of={of} known={known} keeps={keeps} />
      </Flex>
    </Part>
  );
}

function Table({ of, known, keeps }: OneProps) {
  const t = useSay();
  const times = useTimes();
  const { language } = useWho();
  const departments = (a: Agreement) =>
    a.services.map((s) => {
      const most = capacityOf(known.named.get(s.reference ?? ""));
      return most === undefined ? (s.display ?? "") : t(words.perDay, s.display ?? "", most);
    });
  const part = (a: Agreement) => [t(parts[a.part]), ...(a.green ? [t(words.green)] : [])];
  const period = (a: Agreement) => [t(words.from, times.day(a.start)), a.end ? t(words.until, times.day(a.end)) : t(words.always)];
  const colours = { holds: "success", later: "processing", past: "warning", ended: "default" } as const;
  const columns: Column<Agreement>[] = [
    { key: "institution", words: words.institution, text: (a) => a.institution.display ?? "", show: (a) => <To of={a.institution} /> },
    { key: "part", words: words.part, few: true, text: (a) => listed(part(a), language), show: (a) => <Lines of={part(a)} /> },
    { key: "level", words: words.level, few: true, text: (a) => (a.level ? t(levels[a.level]) : t(words.noLevel)), order: (a) => a.level },
    {
      key: "departments", words: words.taking, text: (a) => listed(departments(a), language) || "—",
      show: (a) => <Departments of={departments(a)} />, order: (a) => a.services.length,
    },
    {
      key: "state", words: words.state, few: true, text: (a) => t(states[a.state]),
      show: (a) => (
        <Flex vertical gap={4} align="start">
          <Tag color={colours[a.state]} variant="outlined" style={{ marginInlineEnd: 0 }}><strong>{t(states[a.state])}</strong></Tag>
          <span className="numbers"><Lines of={period(a)} /></span>
        </Flex>
      ),
    },
    ...(keeps ? [{ key: "actions", words: words.actions, acts: true, text: () => "", show: (a: Agreement) => <Actions of={a} /> }] : []),
  ];
  const filed: Column<Agreement>[] = [{ key: "period", words: words.period, text: (a) => listed(period(a), language) }];
  return (
    <Rows
      name="alliance"
      label={t(words.agreements)}
      columns={columns}
      filed={filed}
      rows={of.agreements}
      rowKey={(a) => a.id}
      empty={null}
    />
  );
}

function Lines({ of }: { of: string[] }) {
  return <Flex vertical>{of.map((line) => <span key={line}>{line}</span>)}</Flex>;
}

/** How many departments there are, and which, for who asks. */
function Departments({ of }: { of: string[] }) {
  const t = useSay();
  const printing = usePrinting();
  if (of.length === 0) return "—";
  return (
    <details open={printing ? true : undefined}>
      <summary style={{ cursor: "pointer", minHeight: 24 }}>{t(words.count, of.length)}</summary>
      <ul style={{ margin: 0, paddingInlineStart: 20 }}>
        {of.map((name) => <li key={name}>{name}</li>)}
      </ul>
    </details>
  );
}

/** What the office of the lead does with an agreement; one that has ended stays as it is, and the lead's own is not ended by itself. */
function Actions({ of }: { of: Agreement }) {
  const t = useSay();
  const { modal } = App.useApp();
  const write = useWrite();
  const name = of.institution.display ?? of.id;
  if (of.state === "ended") return null;
  const ask = () =>
    void modal.confirm({
      title: t(words.endAsked, name),
      content: t(words.endWhat),
      okText: t(words.end),
      okButtonProps: { danger: true },
      cancelText: t(words.keep),
      onOk: () => write.mutateAsync(endedBody(of, dayAt(new Date()))).then(() => toast("success", t(words.ended)), () => {}),
    });
  return (
    <Flex vertical gap={4}>
      <Flex vertical gap={4} align="start">
        <LinkButton size="small" to={`/alliance/${of.id}`} aria-label={t(words.changeOf, name)}>{t(words.change)}</LinkButton>
        {of.part !== "lead" && (
          <Button size="small" danger loading={write.isPending} onClick={ask} aria-label={t(words.endOf, name)}>{t(words.end)}</Button>
        )}
      </Flex>
      {write.error && <Failed error={write.error} />}
    </Flex>
  );
}
