import { ArrowLeftOutlined } from "@ant-design/icons";
import { Flex, Typography } from "antd";
import { useParams } from "react-router";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { dayAt, dayOf } from "../../words/dates";
import { OfVisit } from "../queue/OfVisit";
import { useVisit, useWhere, type Visit } from "./booking";
import { Confirm } from "./Confirm";
import { VisitFacts } from "./VisitFacts";
import { VisitMoves } from "./VisitMoves";
import { VisitState } from "./VisitCard";
import { words } from "./words";

/** A visit: while its place is held it is confirmed here; then it can be changed, cancelled and put into a calendar. */
export default function VisitPage() {
  const { id = "" } = useParams();
  const t = useSay();
  const found = useVisit(id);
  const visit = found.data;
  const where = useWhere(visit?.department.reference);
  const holds = visit?.status === "pending" || visit?.why === "unbooked";
  return (
    <Flex vertical gap={16}>
      <div><LinkButton type="link" to="/booking/visits" icon={<ArrowLeftOutlined aria-hidden />}>{t(words.mine)}</LinkButton></div>
      <Flex align="center" gap="small" wrap>
        <Typography.Title level={1} style={{ margin: 0 }}>{t(holds ? words.confirmTitle : words.visitTitle)}</Typography.Title>
        {visit && !holds && <VisitState of={visit} />}
      </Flex>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={8} />}
      {visit && where.isPending && <Loading rows={4} />}
      {where.error && <Failed error={where.error} again={() => void where.refetch()} />}
      {visit && !where.isPending && (visit.why === "unbooked" ? (
        <Empty title={t(words.runOut)} why={t(words.runOutWhy)}>
          <LinkButton type="primary" to={`/booking/find?department=${visit.department.reference}`}>{t(words.again)}</LinkButton>
        </Empty>
      ) : (
        <>
          {holds && <Confirm of={visit} />}
          {!holds && <OfToday visit={visit} />}
          <VisitFacts of={visit} records={where.data ?? new Map()} />
          {!holds && <VisitMoves of={visit} records={where.data ?? new Map()} />}
        </>
      ))}
    </Flex>
  );
}

/** Where one stands with a visit of today. */
function OfToday({ visit }: { visit: Visit }) {
  const here = dayOf(visit.start) === dayAt(new Date()) && (visit.status === "booked" || visit.status === "arrived");
  return here ? <OfVisit appointment={visit.appointment.reference} /> : null;
}
