import { PhoneOutlined } from "@ant-design/icons";
import { Card, Collapse, Flex, theme, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { Pairs } from "../../parts/Pairs";
import { NearBy } from "../booking/NearBy";
import { said } from "./said";
import { inLanguage, type Result } from "./triage";
import { words } from "./words";

interface OutcomeProps {
  of: Result;
  onBook: ((department: string) => void) | undefined;
}

/** Where to go, and how soon; for 120 the number comes first. */
export function Outcome({ of, onBook }: OutcomeProps) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const hurry = of.urgency === "call" || of.urgency === "emergency";
  const colours = hurry ? { background: token.colorErrorActive, color: token.colorWhite } : { background: token.colorInfoBg, color: token.colorText };
  return (
    <Flex vertical gap={16}>
      <section role={hurry ? "alert" : "status"} style={{ ...colours, borderRadius: token.borderRadiusLG, padding: 24 }}>
        <Typography.Title level={2} style={{ color: "inherit", margin: 0 }}>{t(said.urgency[of.urgency])}</Typography.Title>
        {of.urgency === "call" && (
          <a href="tel:120" style={{ display: "inline-flex", alignItems: "center", gap: 8, marginBlock: 16, padding: "12px 28px", borderRadius: token.borderRadius, background: token.colorWhite, color: token.colorErrorActive, fontSize: token.fontSizeHeading3, fontWeight: 650 }}>
            <PhoneOutlined aria-hidden /> {t(words.call)}
          </a>
        )}
        <p style={{ margin: "8px 0 0" }}>{t(said.advice[of.urgency])}</p>
        {of.sign.length > 0 && (
          <>
            <p style={{ margin: "12px 0 0" }}>{t(words.because)}</p>
            <ul style={{ margin: 0, paddingInlineStart: 20 }}>{of.sign.map((s) => <li key={s.code}>{inLanguage(s, language)}</li>)}</ul>
          </>
        )}
      </section>
      <Card size="small"><Typography.Text type="secondary">{t(words.careAt)}</Typography.Text> <strong>{t(said.care[of.care])}</strong></Card>
      <NearBy asked={hurry ? { specialty: of.specialty.slice(0, 1), unbooked: true } : { specialty: of.specialty }} title={t(hurry ? words.seeNear : words.see)} first={of.care === "community" ? "none" : undefined} onBook={hurry ? undefined : onBook} />
      <Typography.Paragraph type="secondary" style={{ margin: 0 }}>{t(words.notice)}</Typography.Paragraph>
      <Collapse items={[{ key: "rules", label: t(words.rules), children: <Rules of={of.rule} /> }]} />
    </Flex>
  );
}

function Rules({ of }: { of: Result["rule"] }) {
  const t = useSay();
  const { language } = useWho();
  return (
    <Flex vertical gap={16}>
      {of.map((r) => (
        <Pairs key={r.row} of={[[t(words.rule), inLanguage(r, language)], [t(words.row), r.row], [t(words.value), r.value], [t(words.source), r.source]]} />
      ))}
    </Flex>
  );
}
