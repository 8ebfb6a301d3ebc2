import { Card, Flex, Input, Tag, theme, Typography } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { iconOf } from "../../app/icons";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { listed } from "../../words/list";
import { aheadOf, fitting, type Hospital, hospitalsOf, useOffered, useVisits } from "./booking";
import { VisitCard } from "./VisitCard";
import { words } from "./words";

const nextShown = 2; // visits that come first
const manyFrom = 8; // departments among which one searches

/** Where residents book: what they have booked, and the hospitals with their departments. */
export default function Booking() {
  const t = useSay();
  const offered = useOffered();
  const mine = useVisits();
  const [typed, type] = useState("");
  const visits = mine.data?.visit ?? [];
  const ahead = aheadOf(visits, Date.now());
  const been = [...new Set(visits.map((v) => v.institution.reference))];
  const all = offered.data ? hospitalsOf(offered.data.found, offered.data.named, been) : [];
  const shown = fitting(all, typed);
  const many = all.reduce((sum, h) => sum + h.departments.length, 0) >= manyFrom;
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <Flex gap="small" wrap>
          <LinkButton to="/triage" icon={iconOf("care")}>{t(words.unsureWhere)}</LinkButton>
          <LinkButton to="/booking/seek" icon={iconOf("find")}>{t(words.seek)}</LinkButton>
          <LinkButton to="/booking/visits" icon={iconOf("calendar")}>{t(words.mine)}</LinkButton>
        </Flex>
      </Flex>
      {mine.error && <Failed error={mine.error} again={() => void mine.refetch()} />}
      {ahead.length > 0 && (
        <section aria-label={t(words.next)}>
          <Flex vertical gap="small">{ahead.slice(0, nextShown).map((v) => <VisitCard key={v.appointment.reference} of={v} />)}</Flex>
        </section>
      )}
      <Typography.Text type="secondary">{t(words.why)}</Typography.Text>
      {offered.error && <Failed error={offered.error} again={() => void offered.refetch()} />}
      {(offered.isPending || mine.isPending) && <Loading rows={8} />}
      {offered.data && !mine.isPending && all.length === 0 && <Empty title={t(words.noClinics)} why={t(words.noClinicsWhy)} />}
      {!mine.isPending && many && <Input type="search" allowClear size="large" aria-label={t(words.find)} placeholder={t(words.find)} value={typed} onChange={(e) => type(e.target.value)} />}
      {all.length > 0 && shown.length === 0 && <Empty title={t(words.nowhere)} why={t(words.nowhereWhy)} />}
      {!mine.isPending && shown.map((h) => <OfHospital key={h.reference} hospital={h} been={been.includes(h.reference)} />)}
    </Flex>
  );
}

function OfHospital({ hospital: h, been }: { hospital: Hospital; been: boolean }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  return (
    <Part title={h.name}>
      {been && <Tag variant="outlined" style={{ marginBlockEnd: 8 }}>{t(words.been)}</Tag>}
      <div style={{ display: "grid", gap: 8, gridTemplateColumns: `repeat(auto-fill, minmax(min(100%, ${token.fontSize * 14}px), 1fr))` }}>
        {h.departments.map((d) => (
          <Link key={d.reference} to={`/booking/find?department=${d.reference}`}>
            <Card size="small" hoverable style={{ height: "100%" }}>
              <Typography.Text strong>{d.name}</Typography.Text>
              <div><Typography.Text type="secondary" style={{ fontSize: token.fontSizeSM }}>{d.doctors.length > 0 ? listed(d.doctors, language) : t(words.department)}</Typography.Text></div>
            </Card>
          </Link>
        ))}
      </div>
    </Part>
  );
}
