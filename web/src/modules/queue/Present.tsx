import { App, Button, Card, Flex, theme, Typography } from "antd";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useKeys } from "../../app/keys/keyboard";
import type { Key } from "../../app/keys/typed";
import { useSay, useWho } from "../../app/session";
import { LinkButton } from "../../parts/LinkButton";
import { clockOf } from "../../words/dates";
import { told } from "../../words/list";
import { About, Marks } from "./Marks";
import { act, type Ending, type Entry, idOf, type Room, type useAct } from "./queue";
import { said } from "./said";
import { words } from "./words";

type Move = ReturnType<typeof useAct>;

/** What can become of whom the room has, when the next one is called. */
const endingsOf = (e: Entry): Ending[] => (e.state === "called" ? ["skip", "left"] : ["done", "tests", "left"]);

/** Who is in the room, and what becomes of them. */
export function Present({ room, waiting, move }: { room: Room; waiting: number; move: Move }) {
  const t = useSay();
  const { serves } = room;
  return (
    <Card>
      <Flex gap="middle 32px" wrap align="center" justify="space-between">
        <div style={{ flex: "1 1 280px", minWidth: 0 }} aria-live="polite">
          <Typography.Title level={2} style={{ marginBlock: "0 8px" }}>{t(words.present)}</Typography.Title>
          {serves ? <Who of={serves} /> : <Typography.Text type="secondary">{t(words.nobodyHere)} {t(waiting > 0 ? words.waitsFor : words.nobodyWaits, waiting)}</Typography.Text>}
        </div>
        <Moves key={serves?.ticket} room={room} waiting={waiting} move={move} />
      </Flex>
    </Card>
  );
}

function Who({ of }: { of: Entry }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  return (
    <Flex vertical gap={4}>
      <Flex gap="0 16px" wrap align="baseline">
        <strong className="numbers" style={{ fontSize: `min(${token.fontSize * 2.6}px, 12vw)`, lineHeight: 1.15, whiteSpace: "nowrap", color: token.colorPrimary }}>{of.number}</strong>
        <strong style={{ fontSize: token.fontSizeHeading1, lineHeight: 1.15 }}>{of.patient.display}</strong>
        <About of={of} />
      </Flex>
      <Flex gap="4px 12px" wrap align="center">
        <Marks of={of} />
        <Typography.Text type="secondary">{told([t(words.since, clockOf(of.since)), of.state === "called" ? t(words.calledTimes, of.calls) : ""], language)}</Typography.Text>
      </Flex>
      <div><LinkButton type="link" to={`/residents/${idOf(of.patient.reference)}`}>{t(words.record)}</LinkButton></div>
    </Flex>
  );
}

/** What the doctor does now; calling the next asks first what becomes of who is there. */
function Moves({ room, waiting, move }: { room: Room; waiting: number; move: Move }) {
  const t = useSay();
  const { modal } = App.useApp();
  const { token } = theme.useToken();
  const [asking, ask] = useState(false);
  const { serves } = room;
  const at = room.location.reference;
  const { mutate, isPending: busy } = move;
  const of = serves?.ticket ?? "";
  const nobody = !serves && waiting === 0;
  const what = useMemo(() => {
    const go = (a: Parameters<Move["mutate"]>[0]) => !busy && mutate(a);
    return {
      next: () => (serves ? ask(true) : !nobody && go(act("Location/[id]/$next", at, {}))),
      end: (ends: Ending) => go(act("Location/[id]/$next", at, { ends })),
      start: () => go(act("Encounter/[id]/$start", of, {})),
      recall: () => go(act("Encounter/[id]/$call", of, {})),
      skip: () => go(act("Encounter/[id]/$skip", of, {})),
      tests: () => go(act("Encounter/[id]/$finish", of, { as: "tests" })),
      finish: () =>
        void modal.confirm({
          title: t(words.finish),
          content: t(words.finishWhat, serves?.patient.display ?? ""),
          okText: t(words.finish),
          cancelText: t(words.cancel),
          onOk: () => go(act("Encounter/[id]/$finish", of, { as: "done" })),
        }),
    };
  }, [mutate, busy, serves, nobody, at, of, modal, t]);
  const keys = useMemo<Key[]>(() => [
    { key: "n", called: t(words.next), does: what.next },
    ...(serves?.state === "called" ? [{ key: "s", called: t(words.start), does: what.start }, { key: "r", called: t(words.recall), does: what.recall }, { key: "k", called: t(said.ending.skip), does: what.skip }] : []),
    ...(serves?.state === "consulting" ? [{ key: "e", called: t(said.ending.tests), does: what.tests }] : []),
    ...(serves && asking ? endingsOf(serves).map((ending, i) => ({ key: String(i + 1), called: t(said.ending[ending]), does: () => what.end(ending) })) : []),
  ], [t, what, serves, asking]);
  useKeys(keys);
  const button = (key: string, text: string, does: () => void, primary = false): ReactNode => (
    <Button size="large" type={primary ? "primary" : "default"} disabled={busy} onClick={does} style={{ minWidth: token.fontSize * 8 }}>{text} <kbd aria-hidden>{key}</kbd></Button>
  );
  if (serves && asking) return <Whither of={serves} onEnd={what.end} onClose={() => ask(false)} busy={busy} />;
  return (
    <Flex gap="small" wrap>
      {serves?.state === "called" && (
        <>
          {button("S", t(words.start), what.start, true)}
          {button("R", t(words.recall), what.recall)}
          {button("K", t(said.ending.skip), what.skip)}
        </>
      )}
      {serves?.state === "consulting" && button("E", t(said.ending.tests), what.tests)}
      {serves?.state === "consulting" && <Button size="large" disabled={busy} onClick={what.finish}>{t(words.finish)}</Button>}
      {!nobody && button("N", t(words.next), what.next, serves?.state !== "called")}
    </Flex>
  );
}

/** Asks what becomes of who is there; each answer calls the next. */
function Whither({ of, onEnd, onClose, busy }: { of: Entry; onEnd: (ends: Ending) => void; onClose: () => void; busy: boolean }) {
  const t = useSay();
  const { token } = theme.useToken();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector("button")?.focus(), []);
  return (
    <div ref={box} role="group" aria-label={t(words.whither, of.patient.display)} onKeyDown={(e) => e.key === "Escape" && onClose()} style={{ background: token.colorInfoBg, borderRadius: token.borderRadius, padding: 12 }}>
      <Flex vertical gap="small">
        <Typography.Text strong>{t(words.whither, of.patient.display)}</Typography.Text>
        <Flex gap="small" wrap>
          {endingsOf(of).map((ends, i) => <Button key={ends} size="large" type={i === 0 ? "primary" : "default"} disabled={busy} onClick={() => onEnd(ends)}>{t(said.ending[ends])} <kbd aria-hidden>{i + 1}</kbd></Button>)}
          <Button size="large" type="text" onClick={onClose}>{t(words.cancel)}</Button>
        </Flex>
      </Flex>
    </div>
  );
}
