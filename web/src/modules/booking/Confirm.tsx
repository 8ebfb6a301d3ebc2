import { Alert, Button, Flex } from "antd";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { useMove, type Visit } from "./booking";
import { countdown } from "./times";
import { words } from "./words";

/** Makes a place sure that is held, with the time that is left for it; or gives it back. */
export function Confirm({ of: v }: { of: Visit }) {
  const t = useSay();
  const go = useNavigate();
  const move = useMove();
  const [now, tick] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => tick(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const id = v.appointment.reference.split("/")[1] ?? "";
  const find = `/booking/find?department=${v.department.reference}`;
  const over = !v.held || Date.parse(v.held) <= now;
  if (over) {
    return <Empty title={t(words.runOut)} why={t(words.runOutWhy)}><LinkButton type="primary" to={find}>{t(words.again)}</LinkButton></Empty>;
  }
  const left = countdown(v.held ?? "", now);
  return (
    <Flex vertical gap="small">
      <Alert type="warning" showIcon title={<span>{t(v.waited ? words.offered : words.left)} <strong className="numbers" role="timer">{left}</strong></span>} description={t(v.waited ? words.offeredWhy : words.leftWhy)} />
      {move.error && <Failed error={move.error} />}
      <Flex gap="small" wrap>
        <Button type="primary" size="large" loading={move.isPending && move.variables?.move === "book"} onClick={() => move.mutate({ id, move: "book" })}>{t(words.confirm)}</Button>
        {!v.waited && <LinkButton size="large" to={find}>{t(words.other)}</LinkButton>}
        <Button size="large" type="text" loading={move.isPending && move.variables?.move === "cancel"} onClick={() => move.mutate({ id, move: "cancel" }, { onSuccess: () => void go("/booking") })}>{t(words.giveUp)}</Button>
      </Flex>
    </Flex>
  );
}
