import { Alert, Button, Card, Flex, Input, theme, Typography } from "antd";
import { useState } from "react";
import type { Text } from "../../words";
import { useSay, useWho } from "../../app/session";
import { told } from "../../parts/told";
import { useTimes } from "../../parts/times";
import { Dialog } from "../../plain/Dialog";
import type { ActProps } from "../cases/own";
import { wayOf } from "./agreements";
import { keptOf, useRecords } from "./kept";
import { words } from "./words";

/** What comes next for the resident, by the state. */
const next: Record<string, Text> = {
  consulting: words.nextConsulting, consenting: words.nextConsenting, agreed: words.nextAgreed,
  "sending-review": words.nextSending, "sending-late": words.nextLate, "receiving-review": words.nextReceiving,
  "receiving-late": words.nextLate, assigned: words.nextAssigned, scheduled: words.nextScheduled,
  unconfirmed: words.nextUnconfirmed, returned: words.nextReturned, "in-care": words.nextCare, "follow-up-late": words.nextCare,
  completed: words.endCompleted,
  stayed: words.endStayed, "turned-away": words.endTurned, "no-show": words.endMissed, refused: words.endRefused,
  died: words.endClosed, withdrawn: words.endWithdrawn, lapsed: words.endLapsed,
};

const whyMost = 1000; // bytes

/** What a resident is told of a referral, and decides: to agree, and at any time not to be referred. */
export default function Decide({ found, task, busy, error, onSend }: ActProps) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const { token } = theme.useToken();
  const [refusing, refuse] = useState(false);
  const { state, process, deadline } = found.place;
  const agree = found.move.find((m) => m.code === "agree");
  const no = found.move.find((m) => m.code === "refuse");
  const kept = keptOf(task);
  const records = useRecords(kept, found.place.resident).data;
  const service = records?.get(kept.asked.at(-1) ?? "");
  const where = [(service?.["providedBy"] as { display?: string } | undefined)?.display, service?.["name"]].filter(Boolean).join(" ");
  const open = Boolean(found.place.waits);
  return (
    <Card className="no-print">
      <Flex vertical gap="middle">
        <Typography.Title level={2} style={{ margin: 0 }}>
          {t(agree ? words.decide : open ? words.nextTitle : words.endTitle)}
        </Typography.Title>
        {error && <Alert type="error" showIcon role="alert" title={told(error, language)} />}
        {agree ? (
          <>
            <Typography.Text>{t(wayOf(process) === "down" ? words.askDown : words.askUp, where || t(words.anotherPlace))}</Typography.Text>
            <Typography.Text type="secondary">{t(words.askRecord)}</Typography.Text>
            {deadline && <Typography.Text>{t(words.askUntil, times.day(deadline))}</Typography.Text>}
            <Flex gap="small" wrap>
              <Button
                type="primary"
                size="large"
                loading={busy}
                style={{ flex: "1 1 160px" }}
                onClick={() => onSend(agree, { resourceType: "Parameters" })}
              >
                {t(words.agree)}
              </Button>
              {no && (
                <Button size="large" disabled={busy} style={{ flex: "1 1 160px" }} onClick={() => refuse(true)}>{t(words.disagree)}</Button>
              )}
            </Flex>
          </>
        ) : (
          <>
            <Typography.Text>{t(next[state] ?? words.nextOther)}</Typography.Text>
            {no && (
              <div>
                <Button
                  danger
                  disabled={busy}
                  onClick={() => refuse(true)}
                  style={{ height: "auto", minHeight: token.controlHeight, maxWidth: "100%", whiteSpace: "normal" }}
                >
                  {t(words.refuseNow)}
                </Button>
              </div>
            )}
          </>
        )}
      </Flex>
      {refusing && no && (
        <Refuse
          busy={busy}
          onClose={() => refuse(false)}
          onDo={(why) => {
            refuse(false);
            onSend(no, { resourceType: "Parameters", ...(why && { parameter: [{ name: "why", valueString: why }] }) });
          }}
        />
      )}
    </Card>
  );
}

/** Asks once more, and says what will happen. */
function Refuse({ busy, onClose, onDo }: { busy: boolean; onClose: () => void; onDo: (why: string) => void }) {
  const t = useSay();
  const [why, say] = useState("");
  const long = new TextEncoder().encode(why.trim()).length > whyMost;
  return (
    <Dialog title={t(words.refuseTitle)} look="box" onClose={onClose}>
      <Flex vertical gap="middle" style={{ marginBlockStart: 12 }}>
        <Typography.Text>{t(words.refuseWhat)}</Typography.Text>
        <label>
          {t(words.refuseWhy)}
          <Input.TextArea rows={3} value={why} aria-invalid={long} onChange={(e) => say(e.target.value)} />
          {long && <Typography.Text type="danger" role="alert">{t(words.tooLong)}</Typography.Text>}
        </label>
        <Flex gap="small" wrap>
          <Button type="primary" danger loading={busy} disabled={long} onClick={() => onDo(why.trim())}>{t(words.refuseDo)}</Button>
          <Button disabled={busy} onClick={onClose}>{t(words.keepOn)}</Button>
        </Flex>
      </Flex>
    </Dialog>
  );
}
