import { Flex, Modal, Radio, theme, Typography } from "antd";
import { useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import type { Visit } from "../booking/booking";
import { TicketState } from "../queue/Marks";
import { act, aheadIn, type Entry, type Priority, useAct, useLine } from "../queue/queue";
import { said } from "../queue/said";
import { SlipButton } from "../queue/Slip";
import { words } from "./words";

const reasons = Object.keys(said.priority) as Priority[];

/** The ticket of who has checked in: the number, how many are before, whether they come first; and the slip. */
export function Arrived({ of: v, onClose }: { of: Visit; onClose: () => void }) {
  const t = useSay();
  const line = useLine({ queue: v.department.reference });
  const { waiting = [], tests = [], room = [] } = line.data ?? {};
  const here = room.flatMap((r) => r.serves ?? []);
  const ticket = [...waiting, ...tests, ...here].find((e) => e.appointment === v.appointment.reference);
  return (
    <Modal open title={t(words.ticketOf, v.patient.display)} footer={null} onCancel={onClose} closable={{ "aria-label": t(words.close) }}>
      {line.error && <Failed error={line.error} again={() => void line.refetch()} />}
      {line.isPending && <Loading rows={3} />}
      {line.data && !ticket && <Typography.Text>{t(words.noTicket)}</Typography.Text>}
      {ticket && <Ticket of={ticket} visit={v} ahead={aheadIn(waiting, ticket)} />}
    </Modal>
  );
}

function Ticket({ of: e, visit: v, ahead }: { of: Entry; visit: Visit; ahead: number | undefined }) {
  const t = useSay();
  const { token } = theme.useToken();
  const move = useAct();
  return (
    <Flex vertical gap="middle">
      <Flex gap="4px 16px" wrap align="baseline">
        <strong className="numbers" style={{ fontSize: token.fontSize * 2.6, lineHeight: 1.15, color: token.colorPrimary }}>{e.number}</strong>
        <TicketState is={e.state} />
        {ahead !== undefined && <span>{t(words.ahead, ahead)}</span>}
      </Flex>
      <div>{e.queue.display}</div>
      {move.error && <Failed error={move.error} />}
      {ahead !== undefined && (
        <div>
          <div id="visit-priority" style={{ marginBlockEnd: 4 }}>{t(words.priority)}</div>
          <Radio.Group
            aria-labelledby="visit-priority" optionType="button" disabled={move.isPending} value={e.priority ?? "none"} options={reasons.map((p) => ({ value: p, label: t(said.priority[p]) }))}
            onChange={(event) => move.mutate(act("Encounter/[id]/$prioritise", e.ticket, { reason: event.target.value as Priority }))}
          />
        </div>
      )}
      <SlipButton of={{ number: e.number, name: v.patient.display, hospital: v.institution.display, department: v.department.display, doctor: v.doctor?.display, start: v.start, end: v.end, ahead }} />
    </Flex>
  );
}
