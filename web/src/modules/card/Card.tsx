import { PrinterOutlined } from "@ant-design/icons";
import { Alert, Button, Card, Col, Descriptions, Flex, Row, theme, Typography } from "antd";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { useTimes } from "../../parts/times";
import { codeOf } from "../../resource/codes";
import type { Identity } from "./identity";
import { PaperCard } from "./PaperCard";
import { useIdentity } from "./read";
import { words } from "./words";

/** The documents of oneself, or of whom one acts for, as they are shown at a window. */
export default function Documents() {
  const t = useSay();
  const found = useIdentity();
  const { role, where = "" } = useActing();
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{role === "proxy" ? t(words.ofWhom, where) : t(words.mine)}</Typography.Title>
        <Button className="no-print" icon={<PrinterOutlined />} onClick={() => window.print()}>{t(words.print)}</Button>
      </Flex>
      {found.isPending && <Loading rows={6} />}
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.data && <Shown of={found.data} />}
    </Flex>
  );
}

function Shown({ of }: { of: Identity }) {
  const t = useSay();
  const { language } = useWho();
  const { resident } = useActing();
  const { token } = theme.useToken();
  const times = useTimes();
  const facts = [of.sex && codeOf(of.sex, language), of.born && times.day(of.born)].filter(Boolean);
  return (
    <>
      <Card style={{ background: token.colorPrimary, borderColor: token.colorPrimary }} className="sheet">
        <Flex vertical gap={4} style={{ color: token.colorTextLightSolid }}>
          <strong style={{ fontSize: token.fontSizeHeading1 }}>{of.called}</strong>
          <span className="numbers">{facts.join(" · ")}</span>
          <span>{t(words.why)}</span>
        </Flex>
      </Card>
      {of.papers.length === 0 && <Empty title={t(words.none)} why={t(words.noneWhy)} />}
      <Row gutter={[12, 12]}>
        {[...of.papers, ...(of.card ? [of.card] : [])].map((p) => <Col key={p.kind[0] + p.number} xs={24} md={12}><PaperCard paper={p} /></Col>)}
      </Row>
      {of.papers.length > 0 && <Typography.Text type="secondary" className="no-print">{t(words.hidden)}</Typography.Text>}
      {!of.card && <Alert type="info" showIcon className="no-print" title={t(words.noCard)} description={t(words.noCardHow)} />}
      <Card title={<Typography.Title level={2} style={{ margin: 0, fontSize: token.fontSizeHeading3 }}>{t(words.facts)}</Typography.Title>}>
        <Descriptions
          column={1}
          styles={{ label: { color: token.colorTextSecondary } }}
          items={[
            ...(of.institution ? [{ key: "at", label: t(words.institution), children: of.institution.called }] : []),
            ...(of.institution?.phone ? [{ key: "phone", label: t(words.phone), children: <a className="numbers" href={`tel:${of.institution.phone}`}>{of.institution.phone}</a> }] : []),
            { key: "doctor", label: t(words.doctor), children: of.doctor || t(words.noDoctor) },
          ]}
        />
      </Card>
      <div className="no-print"><LinkButton to={`/matters/begin?process=correction&record=${resident ?? ""}`}>{t(words.wrong)}</LinkButton></div>
    </>
  );
}
