import { Button, Card, Flex, Table, Typography } from "antd";
import { type ReactNode, useState } from "react";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Part } from "../../parts/Part";
import { useWide } from "../../plain/screen";
import { Ask, type Asked } from "./Ask";
import { About, Marks } from "./Marks";
import { act, type Entry, type Line, type Room, type useAct } from "./queue";
import { waitOf, minutesSince } from "./waits";
import { words } from "./words";

interface LinesProps {
  of: Line;
  rooms: readonly Room[]; // to which people can be moved
  room?: string; // from which people are called, for who sits there
  move: ReturnType<typeof useAct>;
}

/** Who waits, in the order in which they are called, and who is at tests; with what can be done about each. */
export function Lines({ of, rooms, room, move }: LinesProps) {
  const t = useSay();
  const { language } = useWho();
  const wide = useWide("small");
  const [asked, ask] = useState<Asked>();
  const back = (e: Entry) => (
    <Button size="small" aria-label={t(words.backOf, e.number)} disabled={move.isPending} onClick={() => move.mutate(act("Encounter/[id]/$back", e.ticket, {}))}>{t(words.back)}</Button>
  );
  const more = (e: Entry, what: Asked["what"], text: string) => <Button size="small" aria-label={`${text} ${e.number}`} onClick={() => ask({ what, of: e })}>{text}</Button>;
  const waits = (e: Entry) => (
    <Flex gap={4} wrap={!wide}>
      {room && e.state !== "skipped" && more(e, "call", t(words.call))}
      {e.state === "skipped" && back(e)}
      {more(e, "prioritise", t(words.prioritise))}
      {more(e, "transfer", t(words.transfer))}
      {more(e, "leave", t(words.leave))}
    </Flex>
  );
  const told = [t(words.doneToday, of.finished), of.wait && t(words.expects, waitOf(of.wait.low, of.wait.high, language))].filter(Boolean);
  return (
    <>
      <Part title={t(words.lineTitle, of.waiting.length)}>
        <Flex vertical gap="small">
          <Flex gap="4px 24px" wrap>{told.map((text) => <Typography.Text key={String(text)} type="secondary">{text}</Typography.Text>)}</Flex>
          {move.error && !room && <Failed error={move.error} />}
          {of.waiting.length === 0 ? <Empty title={t(words.emptyLine)} why={t(words.emptyLineWhy)} /> : <Entries of={of.waiting} label={t(words.lineTitle, of.waiting.length)} moves={waits} />}
        </Flex>
      </Part>
      {of.tests.length > 0 && (
        <Part title={t(words.testsTitle, of.tests.length)}>
          <Entries of={of.tests} label={t(words.testsTitle, of.tests.length)} moves={(e) => <Flex gap={4}>{back(e)}{more(e, "leave", t(words.leave))}</Flex>} />
        </Part>
      )}
      {asked && <Ask key={`${asked.what} ${asked.of.ticket}`} asked={asked} rooms={rooms} room={room} onClose={() => ask(undefined)} />}
    </>
  );
}

interface EntriesProps {
  of: readonly Entry[];
  label: string;
  moves: (e: Entry) => ReactNode;
}

/** The entries in a table; on a phone one below the other, so that what can be done is in sight. */
function Entries({ of, label, moves }: EntriesProps) {
  const t = useSay();
  const wide = useWide("small");
  const now = Date.now();
  const waited = (e: Entry) => t(words.minutes, minutesSince(e.state === "tests" ? e.since : e.arrived, now));
  if (!wide) {
    return (
      <ul className="stack bare" aria-label={label}>
        {of.map((e) => (
          <li key={e.ticket}>
            <Card size="small">
              <Flex vertical gap="small">
                <Flex gap="0 12px" wrap align="baseline"><strong className="numbers">{e.number}</strong><strong>{e.patient.display}</strong><About of={e} /></Flex>
                <Flex gap="4px 12px" wrap align="center"><Marks of={e} /><Typography.Text type="secondary" className="numbers">{t(words.waitedFor)} {waited(e)}</Typography.Text></Flex>
                {moves(e)}
              </Flex>
            </Card>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <Table<Entry>
      size="small"
      aria-label={label}
      rowKey={(e) => e.ticket}
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={[...of]}
      columns={[
        { title: t(words.number), className: "numbers", render: (_, e) => <strong>{e.number}</strong> },
        { title: t(words.name), render: (_, e) => e.patient.display },
        { title: t(words.about), render: (_, e) => <About of={e} /> },
        { title: t(words.marks), render: (_, e) => <Marks of={e} /> },
        { title: t(words.waitedFor), className: "numbers", render: (_, e) => waited(e) },
        { title: t(words.act), render: (_, e) => moves(e) },
      ]}
    />
  );
}
