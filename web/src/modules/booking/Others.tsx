import { Card, Flex, theme, Typography } from "antd";
import { Link } from "react-router";
import { useSay } from "../../app/session";
import { LinkButton } from "../../parts/LinkButton";
import { dayOf } from "../../words/dates";
import type { Visit } from "./booking";
import { spanOf, useWhen } from "./times";
import { words } from "./words";

/** What there is for whose visit the hospital has stopped: that nothing of it counts against them, and other times, each a search that is filled in. */
export function Others({ of: v }: { of: Visit }) {
  const t = useSay();
  const when = useWhen();
  const { token } = theme.useToken();
  const times = v.other ?? [];
  return (
    <Card>
      <Typography.Title level={2} style={{ margin: "0 0 4px", fontSize: token.fontSizeHeading4 }}>{t(times.length > 0 ? words.otherTimes : words.otherNone)}</Typography.Title>
      <Typography.Paragraph type="secondary">{t(words.stoppedWhat)}</Typography.Paragraph>
      {times.length > 0 && (
        <ul style={{ listStyle: "none", margin: "0 0 16px", padding: 0, display: "grid", gap: 8 }}>
          {times.map((one) => (
            <li key={one.slot.reference}>
              <Link
                to={`/booking/find?department=${one.department.reference}&day=${dayOf(one.start)}`}
                style={{ display: "block", padding: "10px 12px", color: token.colorText, border: `1px solid ${token.colorBorder}`, borderRadius: token.borderRadius }}
              >
                <strong className="numbers">{when.day(one)} <span style={{ whiteSpace: "nowrap" }}>{spanOf(one)}</span></strong>
                <div>{[one.institution.reference !== v.institution.reference && one.institution.display, one.department.display, one.doctor?.display].filter(Boolean).join(" ")}</div>
              </Link>
            </li>
          ))}
        </ul>
      )}
      <Flex gap="small" wrap>
        <LinkButton to={`/booking/find?department=${v.department.reference}`}>{t(words.again)}</LinkButton>
        <LinkButton type="text" to="/booking/seek">{t(words.seek)}</LinkButton>
      </Flex>
    </Card>
  );
}
