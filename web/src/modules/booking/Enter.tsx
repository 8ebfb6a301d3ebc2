import { Alert, Button, Checkbox, Flex, Typography } from "antd";
import { type FormEvent, useState } from "react";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Part } from "../../parts/Part";
import { clockOf, dateOf, dayOf } from "../../words/dates";
import type { Segment } from "./booking";
import { Price } from "./Segments";
import { spanOf } from "./times";
import { useEnter } from "./wishes";
import { words } from "./words";

const most = 3; // times that one names

/** Enters the draw of a day: one for each clinic whose places are drawn. */
export function Enter({ day, of }: { day: string; of: readonly Segment[] }) {
  const clinics = new Map<string, Segment[]>();
  for (const s of of) if (s.draws) clinics.set(s.clinic, [...(clinics.get(s.clinic) ?? []), s]);
  return [...clinics].map(([clinic, all]) => <OfClinic key={clinic} clinic={clinic} day={day} of={all} />);
}

function OfClinic({ clinic, day, of }: { clinic: string; day: string; of: readonly Segment[] }) {
  const t = useSay();
  const { language } = useWho();
  const enter = useEnter();
  const [chosen, choose] = useState<string[]>([]);
  const [wait, setWait] = useState(true);
  const opens = of[0]?.opens ?? "";
  const enters = of[0]?.enters ?? "";
  const doctor = of[0]?.doctor?.display;
  const moment = (at: string) => `${dateOf(dayOf(at), language)} ${clockOf(at)}`;
  const [now] = useState(() => Date.now());
  const early = enters !== "" && Date.parse(enters) > now;
  const how = `/draws/${clinic.split("/")[1]}`;

  function send(event: FormEvent) {
    event.preventDefault();
    if (!enter.isPending) enter.mutate({ clinic, day, slot: chosen, wait });
  }

  if (enter.isSuccess) {
    return <Alert type="success" showIcon role="status" title={t(words.drawDone)} action={<LinkButton size="small" to="/booking/visits">{t(words.waitSee)}</LinkButton>} />;
  }
  return (
    <Part title={[t(words.drawTitle), doctor].filter(Boolean).join(" · ")}>
      <form onSubmit={send}>
        <Flex vertical gap="middle">
          <Typography.Text type="secondary">{t(words.drawWhy, moment(opens))}</Typography.Text>
          {early && <Alert type="info" showIcon title={t(words.drawFrom, moment(enters))} />}
          <Price of={of} />
          {enter.error && <Failed error={enter.error} />}
          <fieldset style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
            <legend style={{ padding: 0, marginBlockEnd: 8 }}><Typography.Text strong>{t(words.drawTimes)}</Typography.Text></legend>
            <Flex gap="8px 16px" wrap>
              {of.map((s) => {
                const at = s.slot;
                const rank = chosen.indexOf(at) + 1;
                return (
                  <Checkbox key={at} checked={rank > 0} disabled={early || (rank === 0 && chosen.length === most)} onChange={() => choose(rank > 0 ? chosen.filter((c) => c !== at) : [...chosen, at])}>
                    <span className="numbers">{spanOf(s)}</span>{rank > 0 && chosen.length > 1 && <strong> ({rank})</strong>}
                  </Checkbox>
                );
              })}
            </Flex>
          </fieldset>
          <Checkbox checked={wait} disabled={early} onChange={(e) => setWait(e.target.checked)}>{t(words.drawWaits)}</Checkbox>
          <Flex gap="small" wrap>
            <Button type="primary" size="large" htmlType="submit" disabled={early} loading={enter.isPending}>{t(words.drawSend)}</Button>
            <LinkButton size="large" type="link" to={how}>{t(words.drawHow)}</LinkButton>
          </Flex>
        </Flex>
      </form>
    </Part>
  );
}
