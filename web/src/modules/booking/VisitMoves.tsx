import { App, Button, Flex } from "antd";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { save } from "../../parts/save";
import { dayAt } from "../../words/dates";
import { institutionOf } from "../institutions/institutions";
import { SlipButton } from "../queue/Slip";
import { placeOf } from "../referral/Visit";
import { isAhead, isNow, useMove, type Visit } from "./booking";
import { calendarOf } from "./ics";
import { Others } from "./Others";
import { spanOf, useWhen } from "./times";
import { words } from "./words";

/** What one can do about a visit that is to be: put it into a calendar, change it, cancel it. */
export function VisitMoves({ of: v, records }: { of: Visit; records: ReadonlyMap<string, Resource> }) {
  const t = useSay();
  const { language, zone = "Asia/Shanghai" } = useWho();
  const { modal } = App.useApp();
  const when = useWhen();
  const move = useMove();
  if (isNow(v, dayAt(new Date()))) return null;
  if (v.why === "stopped") return <Others of={v} />;
  if (!isAhead(v, Date.now()) && v.referral) return null;
  if (!isAhead(v, Date.now())) return <div><LinkButton to={`/booking/find?department=${v.department.reference}`}>{t(words.again)}</LinkButton></div>;
  const id = v.appointment.reference.split("/")[1] ?? "";
  const free = Date.now() < Date.parse(v.deadline);

  function calendar() {
    const { organization } = placeOf(records.get(v.department.reference), records);
    const place = [v.institution.display, v.department.display, organization && institutionOf(organization, language).address].filter(Boolean).join(" ");
    const what = [v.department.display, v.doctor?.display].filter(Boolean).join(" ");
    const event = { id, start: v.start, end: v.end, title: t(words.icsTitle, what), place, text: t(words.icsText, v.patient.display) };
    save(calendarOf(event, zone, new Date()), `visit-${v.start.slice(0, 10)}.ics`, "text/calendar");
  }

  const ask = () =>
    void modal.confirm({
      title: t(words.cancelAsked),
      content: t(v.referral ? words.cancelReferred : words.cancelWhat, `${when.day(v)} ${spanOf(v)}`, v.department.display),
      okText: t(words.cancel),
      okButtonProps: { danger: true },
      cancelText: t(words.keep),
      onOk: () => move.mutateAsync({ id, move: "cancel" }).catch(() => {}),
    });

  return (
    <Flex vertical gap="small" className="no-print">
      {move.error && <Failed error={move.error} />}
      <Flex gap="small" wrap>
        <Button size="large" onClick={calendar}>{t(words.calendar)}</Button>
        <SlipButton large of={{ name: v.patient.display, hospital: v.institution.display, department: v.department.display, doctor: v.doctor?.display, start: v.start, end: v.end }} />
        {free && !v.referral && <LinkButton size="large" to={`/booking/find?department=${v.department.reference}&change=${id}`}>{t(words.change)}</LinkButton>}
        {free && <Button size="large" danger loading={move.isPending} onClick={ask}>{t(words.cancel)}</Button>}
      </Flex>
    </Flex>
  );
}
