import { Card, Flex, Tag, theme, Typography } from "antd";
import { Link } from "react-router";
import { useSay } from "../../app/session";
import type { State, Visit } from "./booking";
import { said } from "./said";
import { spanOf, useWhen } from "./times";
import { words } from "./words";

const colours: Record<State, string> = { pending: "warning", booked: "processing", arrived: "success", fulfilled: "default", cancelled: "default", noshow: "error" };

/** How a visit stands; who held a place for too long has lost it. */
export function VisitState({ of }: { of: Visit }) {
  const t = useSay();
  return <Tag variant="outlined" color={colours[of.status]} style={{ margin: 0 }}>{t(said.state[of.status])}</Tag>;
}

/** What a visit is, in a line of a list; it leads to its page. */
export function VisitCard({ of: v }: { of: Visit }) {
  const t = useSay();
  const when = useWhen();
  const { token } = theme.useToken();
  return (
    <Link to={`/booking/visits/${v.appointment.reference.split("/")[1]}`} style={{ color: "inherit" }}>
      <Card size="small" hoverable>
        <Flex justify="space-between" align="start" gap="small" wrap>
          <strong className="numbers">{when.day(v)} <span style={{ whiteSpace: "nowrap" }}>{spanOf(v)}</span></strong>
          <VisitState of={v} />
        </Flex>
        <div>{v.institution.display} {v.department.display} {v.doctor?.display}</div>
        {v.referrer && <Typography.Text type="secondary">{t(words.referredBy, v.referrer.display)}</Typography.Text>}
        {v.why && <Typography.Text type="secondary" style={{ fontSize: token.fontSizeSM, display: "block" }}>{t(said.why[v.why])}</Typography.Text>}
        {v.status === "pending" && <Typography.Text type="warning">{t(words.goOn)}</Typography.Text>}
      </Card>
    </Link>
  );
}
