import { EyeInvisibleOutlined, EyeOutlined } from "@ant-design/icons";
import { Button, Card, Flex, theme, Typography } from "antd";
import { useEffect, useState } from "react";
import { useSay } from "../../app/session";
import { maskedOf, type Paper } from "./identity";
import { words } from "./words";

const shownFor = 60_000; // ms, then the number is hidden again

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

/** A number that is hidden until one shows it, and a while later again; light on a dark ground. */
export function HiddenNumber({ number, of, light = false }: { number: string; of: string; light?: boolean }) {
  const t = useSay();
  const { token } = theme.useToken();
  const [shown, show] = useState(false);
  useEffect(() => {
    if (!shown) return;
    const later = setTimeout(() => show(false), shownFor);
    return () => clearTimeout(later);
  }, [shown]);
  return (
    <Flex wrap gap="4px 12px" align="center" justify="space-between">
      <span className="numbers" role="status" style={{ fontSize: token.fontSizeXL, fontWeight: 650 }}>{shown ? number : maskedOf(number)}</span>
      <Button
        size="small"
        type={light ? "default" : "text"}
        className="no-print"
        icon={shown ? <EyeInvisibleOutlined /> : <EyeOutlined />}
        aria-label={t(shown ? words.hideOf : words.showOf, of)}
        onClick={() => show(!shown)}
      >
        {t(shown ? words.hide : words.show)}
      </Button>
    </Flex>
  );
}
