import { Button, Tag } from "antd";
import type { ReactNode } from "react";
import { useSay, useWho } from "../../app/session";
import { type Column, Rows } from "../../parts/Rows";
import { stampOf } from "../../words/dates";
import { calledOf, deedOf, onOf, type Outcome, roleOf, type Told } from "./event";
import { outcomes, words } from "./words";

interface EventTableProps {
  all: Told[];
  names: ReadonlyMap<string, string>;
  bar: ReactNode;
  empty: ReactNode;
  onOpen: (id: string) => void;
}

/** How an event ended, by a sign and a word. */
export function Ended({ outcome }: { outcome: Outcome }) {
  const t = useSay();
  const colour = outcome === "done" ? "success" : outcome === "absent" ? "default" : outcome === "refused" ? "warning" : "error";
  return <Tag color={colour} variant="outlined" style={{ marginInlineEnd: 0 }}>{t(outcomes[outcome])}</Tag>;
}

/** Events as a table; each opens by its time. The file tells of which residents and requests they are, too. */
export function EventTable({ all, names, bar, empty, onOpen }: EventTableProps) {
  const t = useSay();
  const { language } = useWho();
  const or = (text: string) => text || t(words.nothing);
  const opens = (e: Told) => (
    <Button type="link" size="small" style={{ paddingInline: 0 }} aria-label={t(words.open, stampOf(e.at))} onClick={() => onOpen(e.id)}>
      {stampOf(e.at)}
    </Button>
  );
  const columns: Column<Told>[] = [
    { key: "when", words: words.when, numbers: true, text: (e) => stampOf(e.at), show: opens },
    { key: "who", words: words.who, text: (e) => calledOf(e.who, names, language) },
    { key: "as", words: words.as, few: true, text: (e) => or(roleOf(e.as, language)) },
    { key: "institution", words: words.institution, text: (e) => or(e.institution && calledOf(e.institution, names, language)) },
    { key: "did", words: words.did, few: true, text: (e) => deedOf(e.did, language) },
    { key: "on", words: words.on, text: (e) => or(onOf(e, language)) },
    { key: "outcome", words: words.outcome, few: true, text: (e) => t(outcomes[e.outcome]), show: (e) => <Ended outcome={e.outcome} /> },
    { key: "fromWhere", words: words.fromWhere, numbers: true, text: (e) => or(e.from) },
  ];
  const filed: Column<Told>[] = [
    { key: "residents", words: words.residents, text: (e) => e.residents.join(" ") },
    { key: "request", words: words.request, text: (e) => e.request },
  ];
  return <Rows name="trail" label={t(words.events)} columns={columns} filed={filed} rows={all} rowKey={(e) => e.id} bar={bar} empty={empty} />;
}
