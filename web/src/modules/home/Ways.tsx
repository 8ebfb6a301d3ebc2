import { Card, Col, Flex, Row, theme, Typography } from "antd";
import { Link } from "react-router";
import { iconOf } from "../../app/icons";
import { useSay, useWho } from "../../app/session";
import { words } from "./words";

/** A way on from the start. */
export interface Way {
  to: string; // the path of a place
  icon: string;
  title: string;
  why: string;
}

/** The ways on from the start, as big cards. */
export function Ways({ ways }: { ways: Way[] }) {
  const t = useSay();
  const { large } = useWho();
  return (
    <nav aria-label={t(words.ways)}>
      <Row gutter={[12, 12]}>
        {ways.map((w) => <Col key={w.to} xs={large ? 24 : 12} md={large ? 12 : 8}><OneWay way={w} /></Col>)}
      </Row>
    </nav>
  );
}

function OneWay({ way }: { way: Way }) {
  const { token } = theme.useToken();
  const { large } = useWho();
  return (
    <Link to={`/${way.to}`} style={{ display: "block", height: "100%" }}>
      <Card hoverable size={large ? "small" : "medium"} style={{ height: "100%" }}>
        <Flex vertical={!large} gap={large ? "middle" : 4} align={large ? "center" : "start"}>
          <span aria-hidden style={{ fontSize: token.fontSizeHeading1, lineHeight: 1.25, color: token.colorPrimary }}>{iconOf(way.icon)}</span>
          <Flex vertical>
            <Typography.Text strong style={{ fontSize: token.fontSizeLG }}>{way.title}</Typography.Text>
            <Typography.Text type="secondary">{way.why}</Typography.Text>
          </Flex>
        </Flex>
      </Card>
    </Link>
  );
}
