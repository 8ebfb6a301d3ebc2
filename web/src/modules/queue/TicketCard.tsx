import { App, Button, Card, Flex, theme, Typography } from "antd";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { clockOf } from "../../words/dates";
import { told } from "../../words/list";
import { act, isOver, type MyTicket, useAct } from "./queue";
import { said } from "./said";
import { SlipButton } from "./Slip";
import { Steps } from "./Steps";
import { timesOf, waitOf } from "./waits";
import { words } from "./words";

/** A ticket as its person sees it: the number, what is now, how long it takes, where to go, and what one can do. */
export function TicketCard({ of }: { of: MyTicket }) {
  const t = useSay();
  const { token } = theme.useToken();
  const { role } = useActing();
  const { language } = useWho();
  const where = told([of.institution.display, of.department.display, of.doctor?.display ?? ""], language);
  const called = of.state === "called";
  return (
    <Card aria-label={of.number}>
      <Flex vertical gap="middle">
        <Flex justify="space-between" align="start" gap="4px 16px" wrap>
          <div>
            <Typography.Title level={2} style={{ margin: 0, fontSize: token.fontSize, fontWeight: 400, color: token.colorTextSecondary }}>{[t(words.yourNumber), role === "proxy" && of.patient.display].filter(Boolean).join(" ")}</Typography.Title>
            <strong className="numbers" style={{ fontSize: `min(${token.fontSize * 2.8}px, 12vw)`, lineHeight: 1.15, whiteSpace: "nowrap", color: token.colorPrimary }}>{of.number}</strong>
          </div>
          <Typography.Text type="secondary">{where}</Typography.Text>
        </Flex>
        <div role="status" style={{ padding: "12px 16px", borderRadius: token.borderRadius, background: called ? token.colorPrimary : token.colorInfoBg, color: called ? token.colorTextLightSolid : token.colorText }}>
          <strong style={{ fontSize: token.fontSizeHeading3 }}>{called && of.room ? t(words.goNow, of.room) : t(said.mine[of.state])}</strong>
          {called && of.way && <div>{of.way}</div>}
        </div>
        <Ahead of={of} />
        {!isOver(of.state) && <Moves of={of} />}
        <Steps of={of.stage} />
        <SlipButton of={{ number: of.number, name: of.patient.display, hospital: of.institution.display, department: of.department.display, doctor: of.doctor?.display, room: of.room, way: of.way, start: of.start, ahead: of.ahead }} />
      </Flex>
    </Card>
  );
}

/** Who is before, and how long that takes; beside it the mean, which is nearer to what one hopes than to what will be. */
function Ahead({ of }: { of: MyTicket }) {
  const t = useSay();
  const { token } = theme.useToken();
  const { language } = useWho();
  if (of.ahead === undefined || isOver(of.state)) return null;
  const gap = language === "en" ? " " : "";
  return (
    <Flex vertical gap={4}>
      <strong className="big">{of.ahead > 0 ? t(words.before, of.ahead) : t(of.rooms > 0 ? words.youAreNext : words.nobodyBefore)}</strong>
      {of.opens && <strong>{t(words.begins, clockOf(of.opens))}</strong>}
      {of.rooms === 0 && !of.opens && <Typography.Text type="warning">{t(words.nobodyCalls)}</Typography.Text>}
      {of.wait && of.opens ? (
        <div><strong>{t(words.calledBetween, ...timesOf(of.wait.low, of.wait.high, Date.now()))}</strong>{gap}{t(words.expectedWhy)}</div>
      ) : of.wait ? (
        <div><strong>{t(words.expected, waitOf(of.wait.low, of.wait.high, language))}</strong>{gap}{t(words.expectedWhy)}</div>
      ) : (
        <Typography.Text type="secondary">{t(words.noForecast)}</Typography.Text>
      )}
      {of.mean !== undefined && of.mean > 0 && !of.opens && <Typography.Text type="secondary" style={{ fontSize: token.fontSizeSM }}>{t(words.meanIs, of.mean)}{gap}{t(words.meanWhy)}</Typography.Text>}
    </Flex>
  );
}

/** What the person can do about a ticket: say that they are back, or leave. */
function Moves({ of }: { of: MyTicket }) {
  const t = useSay();
  const { modal } = App.useApp();
  const move = useAct();
  const away = of.state === "tests" || of.state === "skipped";
  const leaves = away || of.state === "waiting" || of.state === "returning";
  const leave = () =>
    void modal.confirm({
      title: t(words.iLeaveAsked),
      content: t(words.leaveWhat),
      okText: t(words.iLeave),
      okButtonProps: { danger: true },
      cancelText: t(words.keep),
      onOk: () => move.mutateAsync(act("Encounter/[id]/$leave", of.reference, {})).catch(() => {}),
    });
  return (
    <Flex vertical gap="small" className="no-print">
      {move.error && <Failed error={move.error} />}
      <Flex gap="small" wrap>
        {away && <Button type="primary" size="large" loading={move.isPending} onClick={() => move.mutate(act("Encounter/[id]/$back", of.reference, {}))}>{t(of.state === "tests" ? words.imBack : words.imHere)}</Button>}
        {leaves && <Button size="large" danger onClick={leave}>{t(words.iLeave)}</Button>}
      </Flex>
    </Flex>
  );
}
