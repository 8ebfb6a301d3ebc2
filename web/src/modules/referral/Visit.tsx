import { CalendarOutlined, EnvironmentOutlined, PhoneOutlined, ShoppingOutlined, UserOutlined } from "@ant-design/icons";
import { Flex, theme, Typography } from "antd";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Reference, Resource } from "../../api/fhir";
import { people, placesOf } from "../../app/places";
import { useActing, useSay, useWho } from "../../app/session";
import { Part } from "../../parts/Part";
import { useTimes } from "../../parts/times";
import { institutionOf } from "../institutions/institutions";
import type { Position } from "./agreements";
import { words } from "./words";

interface VisitProps {
  time: string;
  visit: string; // the Appointment, "" where none is booked
  doctor: string;
  bring: string;
  department: Resource | undefined;
  records: ReadonlyMap<string, Resource>;
}

/** Where a department is: its institution, and the place with its position. */
export function placeOf(department: Resource | undefined, records: ReadonlyMap<string, Resource>) {
  const organization = records.get((department?.["providedBy"] as Reference | undefined)?.reference ?? "");
  const location = records.get((department?.["location"] as Reference[] | undefined)?.[0]?.reference ?? "");
  return { organization, position: location?.["position"] as Position | undefined };
}

/** When and where a patient is to come, and what to bring. */
export function Visit({ time, visit, doctor, bring, department, records }: VisitProps) {
  const t = useSay();
  const { language } = useWho();
  const { role } = useActing();
  const times = useTimes();
  const { organization, position } = placeOf(department, records);
  const at = organization && institutionOf(organization, language);
  const name = at?.name ?? (department?.["providedBy"] as Reference | undefined)?.display ?? "";
  const listed = placesOf(role).some((p) => p.path === "institutions/:id");
  const page = at ? `${listed ? "/institutions" : "/record/Organization"}/${at.id}` : "";
  const where = [name, String(department?.["name"] ?? "")].filter(Boolean).join(" ");
  return (
    <Part title={t(words.visit)}>
      <Flex vertical gap="middle">
        <One icon={<CalendarOutlined aria-hidden />} label={t(words.when)}>
          <span className="big numbers">{times.time(time)}</span>
          {visit && <div>{t(words.booked)}</div>}
          {visit && people.some((r) => r === role) && <div><Link className="no-print" to={`/booking/visits/${visit.split("/")[1]}`}>{t(words.seeVisit)}</Link></div>}
        </One>
        <One icon={<EnvironmentOutlined aria-hidden />} label={t(words.where)}>
          <div><strong>{where}</strong></div>
          {at?.address && <div>{at.address}</div>}
          <Flex gap="4px 16px" wrap className="no-print">
            {position && <a href={`geo:${position.latitude},${position.longitude}`}>{t(words.openMap)}</a>}
            {page && <Link to={page}>{t(words.aboutPlace)}</Link>}
          </Flex>
        </One>
        {at?.phone && (
          <One icon={<PhoneOutlined aria-hidden />} label={t(words.phone)}>
            <a href={`tel:${at.phone}`} className="numbers">{at.phone}</a>
          </One>
        )}
        {doctor && <One icon={<UserOutlined aria-hidden />} label={t(words.doctor)}>{doctor}</One>}
        <One icon={<ShoppingOutlined aria-hidden />} label={t(words.bring)}>
          <span style={{ whiteSpace: "pre-wrap" }}>{bring || t(words.bringUsual)}</span>
        </One>
      </Flex>
    </Part>
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
