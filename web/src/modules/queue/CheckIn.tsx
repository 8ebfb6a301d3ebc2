import { Button, Card, Flex, Input, theme, Typography } from "antd";
import { type FormEvent, useState } from "react";
import { useLocation } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { clockOf } from "../../words/dates";
import { told } from "../../words/list";
import { spanOf } from "../booking/times";
import { Labelled } from "../clinics/Labelled";
import { act, type MyVisit, useAct } from "./queue";
import { words } from "./words";

/** Checks in for a visit of today by the code that the board shows; who has come by the board's QR code brings it along. */
export function CheckIn({ of }: { of: MyVisit }) {
  const t = useSay();
  const { language } = useWho();
  const { role } = useActing();
  const { token } = theme.useToken();
  const { hash } = useLocation();
  const move = useAct();
  const [code, type] = useState(hash.slice(1));
  const [tried, setTried] = useState(false);
  const id = `code-${of.appointment.split("/")[1]}`;
  const wrong = tried && code.trim() === "";
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (code.trim() && !move.isPending) move.mutate(act("Appointment/[id]/$arrive", of.appointment, { code: code.trim() }));
  };
  return (
    <Card>
      <Flex vertical gap="middle">
        <div>
          <Typography.Title level={2} style={{ margin: 0 }}>{spanOf(of)} {of.department.display}</Typography.Title>
          <Typography.Text type="secondary">{told([of.institution.display, of.doctor?.display ?? "", role === "proxy" ? of.patient.display : ""], language)}</Typography.Text>
        </div>
        {!of.open && <Typography.Text strong style={{ fontSize: token.fontSizeHeading4 }}>{t(words.arriveFrom, clockOf(of.from))}</Typography.Text>}
        {of.open && (
          <form onSubmit={send} noValidate autoComplete="off">
            <Flex vertical gap="small">
              <Labelled id={id} label={t(words.code)} doc={t(words.arriveWhy)} problem={wrong ? t(words.codeNeeded) : undefined}>
                <Input id={id} size="large" inputMode="numeric" className="numbers" value={code} onChange={(e) => type(e.target.value)} style={{ maxWidth: 280, fontSize: token.fontSizeHeading2 }} {...(wrong && { "aria-invalid": true, status: "error" as const, "aria-describedby": `${id}-wrong` })} />
              </Labelled>
              {move.error && <Failed error={move.error} />}
              <div><Button type="primary" size="large" htmlType="submit" loading={move.isPending}>{t(words.arriveSend)}</Button></div>
            </Flex>
          </form>
        )}
      </Flex>
    </Card>
  );
}
