import { Button, Col, Row, Table, Tag, theme, Typography } from "antd";
import { useSay } from "../../app/session";
import { words } from "./words";

/** Something that is wrong with a line of a text. */
export interface Mark {
  severity: string;
  words: string;
  line: number;
  broken: boolean; // the text is no JSON
  expression: string;
}

/** What was found beside the text in which it stands; each leads to its line. */
export function Marked({ text, marks }: { text: string; marks: Mark[] }) {
  const t = useSay();
  const severity = (m: Mark) => t(words[m.severity as "error" | "warning" | "information"] ?? words.information);
  const said = (m: Mark) => (m.broken ? t(words.noJSON, m.line) : m.words);
  const go = (line: number) => {
    const to = document.getElementById(`line-${line}`);
    to?.scrollIntoView({ block: "center" });
    to?.focus();
  };
  return (
    <Row gutter={[16, 16]}>
      <Col xs={24} xl={11}>
        <Table
          size="small"
          rowKey={(m) => `${m.expression} ${m.line} ${m.words}`}
          pagination={false}
          dataSource={marks}
          columns={[
            { title: t(words.result), onCell: () => ({ style: { overflowWrap: "anywhere" } }), render: (_, m) => (
              <>
                <Tag color={m.severity === "error" ? "error" : "default"} variant="outlined"><strong>{severity(m)}</strong></Tag>
                <Button type="link" size="small" onClick={() => go(m.line)}>{t(words.line, m.line)}</Button>
                <div>{said(m)}</div>
                {m.expression && <Typography.Text type="secondary">{m.expression}</Typography.Text>}
              </>
            ) },
          ]}
        />
      </Col>
      <Col xs={24} xl={13}><Lines text={text} marks={marks} said={(m) => `${severity(m)} ${said(m)}`} /></Col>
    </Row>
  );
}

/** The text with its lines' numbers; a line with something wrong bears a sign and says what. */
function Lines({ text, marks, said }: { text: string; marks: Mark[]; said: (m: Mark) => string }) {
  const t = useSay();
  const { token } = theme.useToken();
  const signs: Record<string, string> = { error: "✕", warning: "!", information: "i" };
  return (
    <div
      role="region"
      aria-label={t(words.marked)}
      tabIndex={0}
      style={{
        position: "relative", overflow: "auto", maxHeight: 640, border: `1px solid ${token.colorBorderSecondary}`, borderRadius: token.borderRadius,
        fontFamily: token.fontFamilyCode, fontSize: token.fontSizeSM,
      }}
    >
      {text.split("\n").map((line, i) => {
        const here = marks.filter((m) => m.line === i + 1);
        const worst = here[0]?.severity;
        return (
          <div
            key={i}
            id={`line-${i + 1}`}
            tabIndex={-1}
            {...(worst && { "data-mark": worst })}
            style={{ display: "flex", width: "max-content", minWidth: "100%", whiteSpace: "pre", background: worst === "error" ? token.colorErrorBg : worst ? token.colorWarningBg : undefined }}
          >
            <span aria-hidden style={{ width: "4em", textAlign: "end", color: token.colorTextSecondary, userSelect: "none" }}>{i + 1}</span>
            <span style={{ width: "2em", textAlign: "center", fontWeight: 700 }} aria-hidden>{worst ? signs[worst] : ""}</span>
            <span>{line || " "}{here.length > 0 && <span className="unseen">{here.map(said).join(" ")}</span>}</span>
          </div>
        );
      })}
    </div>
  );
}
