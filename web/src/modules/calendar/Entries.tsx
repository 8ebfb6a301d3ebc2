import { CalendarOutlined, ClockCircleOutlined, TableOutlined } from "@ant-design/icons";
import { Flex, Tag, theme, Typography } from "antd";
import { Link } from "react-router";
import { useSay } from "../../app/session";
import type { Entry } from "./entries";
import { words } from "./words";

const icons = { deadline: <ClockCircleOutlined />, appointment: <CalendarOutlined />, slots: <TableOutlined /> };

/** An entry in a cell, which leads to what it is: in one line, or whole. */
export function Line({ of, whole }: { of: Entry; whole: boolean }) {
  const t = useSay();
  const { token } = theme.useToken();
  const late = of.bad && of.kind === "deadline";
  const off = of.bad && !late;
  const colour = late ? token.colorError : off ? token.colorTextSecondary : of.kind === "deadline" ? token.colorPrimary : token.colorText;
  return (
    <Link
      to={of.to}
      title={[of.time, of.title, of.note].filter(Boolean).join(" ")}
      style={{
        display: "block", minHeight: 24, paddingInline: 4, borderInlineStart: `3px solid ${colour}`, background: token.colorFillQuaternary, color: colour, fontSize: token.fontSizeSM,
        lineHeight: 1.7, fontWeight: late ? 650 : 400, textDecoration: off ? "line-through" : "none", ...(!whole && { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }),
      }}
    >
      <span aria-hidden>{icons[of.kind]} </span>
      <span className="numbers">{of.time}</span> {of.title}{whole && of.note && ` · ${of.note}`}
      {late && <span className="unseen"> {t(words.lateNow)}</span>}
    </Link>
  );
}

/** The entries of a day, whole. */
export function Lines({ of }: { of: Entry[] }) {
  const t = useSay();
  const { token } = theme.useToken();
  return (
    <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
      {of.map((e, i) => (
        <li key={e.key} style={{ paddingBlock: 8, ...(i > 0 && { borderBlockStart: `1px solid ${token.colorBorderSecondary}` }) }}>
          <Flex gap="small" align="baseline">
            <span className="numbers" style={{ minWidth: "6.5em", flex: "none" }}>{e.until ? `${e.time}–${e.until}` : e.time}</span>
            <Flex wrap gap="0 8px" align="center" style={{ minWidth: 0 }}>
              <span aria-hidden>{icons[e.kind]}</span>
              <Link to={e.to} style={{ minHeight: 24 }}>{e.title}</Link>
              {e.kind === "deadline" && <Typography.Text type="secondary">{t(words.deadline)}</Typography.Text>}
              {e.note && <Typography.Text type="secondary">{e.note}</Typography.Text>}
              {e.bad && e.kind === "deadline" && <Tag color="error" variant="solid">{t(words.lateNow)}</Tag>}
            </Flex>
          </Flex>
        </li>
      ))}
    </ul>
  );
}
