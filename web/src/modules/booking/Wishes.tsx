import { App, Button, Card, Flex, Tag, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { clockOf, dateOf, datesOf, dayOf } from "../../words/dates";
import { useMove } from "./booking";
import type { Wish } from "./wishes";
import { words } from "./words";

/** What the person waits for: places that may come back, and draws. */
export function Wishes({ of }: { of: readonly Wish[] }) {
  const t = useSay();
  if (of.length === 0) return null;
  return (
    <section>
      <Typography.Title level={2} style={{ marginBlock: "0 8px" }}>{t(words.waiting)}</Typography.Title>
      <Flex vertical gap="small">{of.map((w) => <One key={w.appointment.reference} of={w} />)}</Flex>
    </section>
  );
}

function One({ of: w }: { of: Wish }) {
  const t = useSay();
  const { language } = useWho();
  const { modal } = App.useApp();
  const move = useMove();
  const days = w.from === w.to ? dateOf(w.from, language) : datesOf(w.from, w.to, language);
  const part = w.part && t(w.part === "am" ? words.morning : words.afternoon);
  const what = [w.institution.display, w.department.display, w.doctor?.display].filter(Boolean).join(" ");
  const standing = w.draw ? t(words.drawnAt, `${dateOf(dayOf(w.draw), language)} ${clockOf(w.draw)}`) : w.before ? t(words.waitBefore, w.before) : t(words.waitFirst);

  const ask = () =>
    void modal.confirm({
      title: t(words.withdrawAsked),
      content: t(words.withdrawWhat, `${days}, ${what}`),
      okText: t(words.withdraw),
      okButtonProps: { danger: true },
      cancelText: t(words.withdrawKeep),
      onOk: () => move.mutateAsync({ id: w.appointment.reference.split("/")[1] ?? "", move: "cancel" }).catch(() => {}),
    });

  return (
    <Card size="small">
      <Flex justify="space-between" align="start" gap="small" wrap>
        <strong>{days} {part}</strong>
        <Tag variant="outlined" color={w.draw ? "processing" : "warning"} style={{ margin: 0, whiteSpace: "normal" }}>{standing}</Tag>
      </Flex>
      <div>{what}</div>
      {!w.draw && <div><Typography.Text type="secondary">{t(w.sure ? words.waitBooked : words.waitAsked)}</Typography.Text></div>}
      {move.error && <Failed error={move.error} />}
      <Flex gap="small" wrap style={{ marginBlockStart: 8 }}>
        {w.clinic && <LinkButton size="small" to={`/draws/${w.clinic.reference.split("/")[1]}?day=${w.from}`}>{t(words.drawHow)}</LinkButton>}
        <Button size="small" danger loading={move.isPending} onClick={ask}>{t(words.withdraw)}</Button>
      </Flex>
    </Card>
  );
}
