import { Card, Col, Row, Statistic, theme, Typography } from "antd";
import { Link } from "react-router";
import { useSay } from "../../app/session";
import { words } from "./words";

/** A number that leads to what is behind it. */
export interface Figure {
  key: string;
  label: string;
  value: number;
  to: string;
  bad?: boolean; // not to be overlooked, unless it is 0
  note?: string;
}

/** Numbers side by side; where not all was counted they are the least that there is. */
export function Numbers({ all, whole }: { all: Figure[]; whole: boolean }) {
  const t = useSay();
  const { token } = theme.useToken();
  return (
    <nav aria-label={t(words.numbers)}>
      <Row gutter={[12, 12]}>
        {all.map((f) => (
          <Col key={f.key} xs={12} md={8} xl={6} xxl={4}>
            <Link to={f.to}>
              <Card hoverable size="small" style={{ height: "100%" }}>
                <Statistic
                  title={f.label}
                  value={f.value}
                  formatter={(n) => (whole ? String(n) : t(words.atLeast, String(n)))}
                  styles={{ content: { fontWeight: 650, ...(f.bad && f.value > 0 && { color: token.colorError }) } }}
                  className="numbers"
                />
                {f.note && <Typography.Text type="secondary">{f.note}</Typography.Text>}
              </Card>
            </Link>
          </Col>
        ))}
      </Row>
    </nav>
  );
}

/** A number in a table: it leads to what is behind it, if there is anything. */
export function Count({ n, to, bad = false, whole }: { n: number; to: string; bad?: boolean; whole: boolean }) {
  const t = useSay();
  const said = whole || n === 0 ? String(n) : t(words.atLeast, n);
  if (n === 0) return <Typography.Text type="secondary" className="numbers">{said}</Typography.Text>;
  return <Link to={to} className="numbers" style={{ display: "inline-block", minWidth: 24, minHeight: 24, textDecoration: "underline", ...(bad && { fontWeight: 700 }) }}>{said}</Link>;
}
