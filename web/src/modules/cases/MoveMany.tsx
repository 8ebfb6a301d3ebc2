import { useQueries } from "@tanstack/react-query";
import { Alert, App, Button, Flex, Typography } from "antd";
import { operate } from "../../api/parameters";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { inLanguage } from "../../parts/told";
import { callOf, type Case, idOf, keys, needsNothing, type Possible } from "./cases";
import { type Outcome, useMoveMany } from "./moving";
import { words } from "./words";

/** The moves that can be made in all of some cases, and need nothing filled in. */
export function common(all: Pick<Case, "move">[]): Possible[] {
  const [first, ...rest] = all;
  return (first?.move ?? []).filter((m) => !m.blocked && needsNothing(m) && rest.every((c) => c.move.some((other) => other.code === m.code && !other.blocked)));
}

/** Makes a move in all cases that are chosen. */
export function MoveMany({ chosen, onDone }: { chosen: string[]; onDone: () => void }) {
  const t = useSay();
  const { language } = useWho();
  const { modal } = App.useApp();
  const many = useMoveMany();
  const cases = useQueries({
    queries: chosen.map((name) => ({
      queryKey: [...keys.case(idOf(name)), "moves"],
      queryFn: async ({ signal }: { signal: AbortSignal }) => (await operate("Task/[id]/$moves", {}, { id: idOf(name), signal })).data,
    })),
  });
  const unread = cases.find((c) => c.error)?.error;
  const known = cases.flatMap((c) => (c.data ? [c.data] : []));
  const moves = known.length === chosen.length ? common(known) : [];
  const ask = (move: Possible) => {
    void modal.confirm({
      title: t(words.confirmMany, callOf(move, language), chosen.length),
      content: language === "en" ? move.doc : undefined,
      okText: t(words.confirm),
      cancelText: t(words.cancel),
      onOk: () => many.mutateAsync({ cases: chosen, move: move.code }).then((all) => all.every((o) => o.made) && onDone(), () => {}),
    });
  };
  return (
    <Flex vertical gap="small">
      <Flex gap="small" align="center" wrap role="group" aria-label={t(words.doMany)}>
        <Typography.Text strong role="status">{t(words.chosen, chosen.length)}</Typography.Text>
        {moves.map((m) => <Button key={m.code} onClick={() => ask(m)} loading={many.isPending}>{callOf(m, language)}</Button>)}
        {known.length === chosen.length && moves.length === 0 && <Typography.Text type="secondary">{t(words.manyNone)}</Typography.Text>}
        <Button type="text" onClick={onDone}>{t(words.clearChoice)}</Button>
      </Flex>
      {unread && <Failed error={unread} again={() => void Promise.all(cases.filter((c) => c.error).map((c) => c.refetch()))} />}
      {many.error && <Failed error={many.error} />}
      {many.data && <Became all={many.data} />}
    </Flex>
  );
}

/** What became of each. */
function Became({ all }: { all: Outcome[] }) {
  const t = useSay();
  const { language } = useWho();
  const not = all.filter((o) => !o.made);
  return (
    <Alert
      type={not.length > 0 ? "warning" : "success"}
      showIcon
      role="status"
      title={t(words.manyDone, all.length - not.length)}
      description={not.length > 0 && `${t(words.manyNot, not.length)} · ${[...new Set(not.map((o) => inLanguage(o.why ?? "", language)))].join(" ")}`}
    />
  );
}
