import { Card, theme, Typography } from "antd";
import { useSay } from "../../app/session";
import { HiddenNumber } from "./HiddenNumber";
import type { Paper } from "./identity";

/** A document as a card: what it is, and its number, which is hidden until one shows it. */
export function PaperCard({ paper }: { paper: Paper }) {
  const t = useSay();
  const kind = t(paper.kind);
  const { token } = theme.useToken();
  return (
    <Card size="small">
      <Typography.Title level={2} style={{ margin: 0, fontSize: token.fontSize, fontWeight: 400, color: token.colorTextSecondary }}>{kind}</Typography.Title>
      <HiddenNumber number={paper.number} of={kind} />
    </Card>
  );
}
