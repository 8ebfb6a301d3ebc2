import { CalendarOutlined, ClockCircleOutlined, EnvironmentOutlined, PayCircleOutlined, PhoneOutlined, ShoppingOutlined, SwapOutlined, UserOutlined } from "@ant-design/icons";
import { Card, Flex, theme, Typography } from "antd";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { institutionOf } from "../institutions/institutions";
import { placeOf } from "../referral/Visit";
import { isAhead, type Visit } from "./booking";
import { said } from "./said";
import { spanOf, useWhen } from "./times";
import { words } from "./words";

/** For whom a visit is, when, where, what it costs, what to bring, and until when it can be changed. */
export function VisitFacts({ of: v, records }: { of: Visit; records: ReadonlyMap<string, Resource> }) {
  const t = useSay();
  const { language } = useWho();
  const when = useWhen();
  const { organization, position } = placeOf(records.get(v.department.reference), records);
  const at = organization && institutionOf(organization, language);
  const ahead = isAhead(v, Date.now());
  const free = Date.now() < Date.parse(v.deadline);
  return (
    <Card>
      <div style={{ display: "grid", gap: 20, gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 300px), 1fr))" }}>
        <One icon={<UserOutlined aria-hidden />} label={t(words.forWhom)}><strong className="big">{v.patient.display}</strong></One>
        <One icon={<CalendarOutlined aria-hidden />} label={t(words.when)}>
          <div>{when.day(v)}</div>
          <strong className="big numbers">{spanOf(v)}</strong>
        </One>
        <One icon={<EnvironmentOutlined aria-hidden />} label={t(words.where)}>
          <div><strong>{v.institution.display} {v.department.display}</strong></div>
          {v.doctor && <div>{t(words.who)} {v.doctor.display}</div>}
          {at?.address && <div>{at.address}</div>}
          {position && <a className="no-print" href={`geo:${position.latitude},${position.longitude}`}>{t(words.map)}</a>}
        </One>
        {at?.phone && <One icon={<PhoneOutlined aria-hidden />} label={t(words.phone)}><a href={`tel:${at.phone}`} className="numbers">{at.phone}</a></One>}
        {v.price !== undefined && <One icon={<PayCircleOutlined aria-hidden />} label={t(words.price)}>{t(words.payLater, when.price(v.price))}</One>}
        {v.referral && (
          <One icon={<SwapOutlined aria-hidden />} label={t(words.referral)}>
            <div><strong>{t(words.referredBy, v.referrer?.display ?? "")}</strong></div>
            <Link className="no-print" to={`/cases/${v.referral.reference.split("/")[1]}`}>{t(words.referralCase)}</Link>
          </One>
        )}
        {ahead && <One icon={<ShoppingOutlined aria-hidden />} label={t(words.bring)}>{t(words.bringWhat)}</One>}
        {ahead && <One icon={<ClockCircleOutlined aria-hidden />} label={t(words.until)}>{free ? t(v.referral ? words.untilReferred : words.untilWhat, when.until(v.deadline)) : t(words.untilOver)}{v.referral && <div>{t(words.changeThere)}</div>}</One>}
        {v.why && <One icon={<ClockCircleOutlined aria-hidden />} label={t(words.state)}>{t(said.why[v.why])}</One>}
      </div>
      {ahead && <Typography.Paragraph type="secondary" style={{ margin: "20px 0 0" }}>{t(words.come)}</Typography.Paragraph>}
    </Card>
  );
}

function One({ icon, label, children }: { icon: ReactNode; label: string; children: ReactNode }) {
  const { token } = theme.useToken();
  return (
    <Flex gap={12} align="start">
      <span style={{ color: token.colorPrimary, fontSize: token.fontSizeHeading3 }}>{icon}</span>
      <div style={{ minWidth: 0 }}>
        <Typography.Text type="secondary">{label}</Typography.Text>
        <div>{children}</div>
      </div>
    </Flex>
  );
}
