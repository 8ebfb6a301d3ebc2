import { Button, Table, Tag } from "antd";
import { useSay, useWho } from "../../app/session";
import { stampOf } from "../../words/dates";
import { calledOf, deedOf, onOf, type Outcome, roleOf, type Told } from "./event";
import { outcomes, words } from "./words";

interface EventTableProps {
  all: Told[];
  names: ReadonlyMap<string, string>;
  onOpen: (id: string) => void;
}

/** How an event ended, by a sign and a word. */
export function Ended({ outcome }: { outcome: Outcome }) {
  const t = useSay();
  const colour = outcome === "done" ? "success" : outcome === "absent" ? "default" : outcome === "refused" ? "warning" : "error";
  return <Tag color={colour} variant="outlined" style={{ marginInlineEnd: 0 }}>{t(outcomes[outcome])}</Tag>;
}

/** Events as a table; each opens by its time. */
export function EventTable({ all, names, onOpen }: EventTableProps) {
  const t = useSay();
  const { language } = useWho();
  return (
    <Table<Told>
      size="small"
      rowKey="id"
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={all}
      columns={[
        {
          title: t(words.when), className: "numbers",
          render: (_, e) => (
            <Button type="link" size="small" style={{ paddingInline: 0 }} aria-label={t(words.open, stampOf(e.at))} onClick={() => onOpen(e.id)}>
              {stampOf(e.at)}
            </Button>
          ),
        },
        { title: t(words.who), render: (_, e) => calledOf(e.who, names, language) },
        { title: t(words.as), render: (_, e) => roleOf(e.as, language) || t(words.nothing) },
        { title: t(words.institution), render: (_, e) => (e.institution ? calledOf(e.institution, names, language) : t(words.nothing)) },
        { title: t(words.did), render: (_, e) => deedOf(e.did, language) },
        { title: t(words.on), render: (_, e) => onOf(e, language) || t(words.nothing) },
        { title: t(words.outcome), render: (_, e) => <Ended outcome={e.outcome} /> },
        { title: t(words.fromWhere), className: "numbers", render: (_, e) => e.from || t(words.nothing) },
      ]}
    />
  );
}
