import { Alert, App, Button, Flex, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { inLanguage } from "../../parts/told";
import { callOf, casesMost, needsNothing, type Possible, useCommon } from "./cases";
import { type Outcome, useMoveMany } from "./moving";
import { words } from "./words";

/** Makes a move in all cases that are chosen. */
export function MoveMany({ chosen, onDone }: { chosen: string[]; onDone: () => void }) {
  const t = useSay();
  const { language } = useWho();
  const { modal } = App.useApp();
  const many = useMoveMany();
  const tooMany = chosen.length > casesMost;
  const found = useCommon(chosen);
  const moves = found.data?.filter((m) => !m.blocked && needsNothing(m)) ?? [];
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
        {tooMany && <Typography.Text type="warning">{t(words.manyMost, casesMost)}</Typography.Text>}
        {found.data && moves.length === 0 && <Typography.Text type="secondary">{t(words.manyNone)}</Typography.Text>}
        <Button type="text" onClick={onDone}>{t(words.clearChoice)}</Button>
      </Flex>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
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
