import { PhoneOutlined } from "@ant-design/icons";
import { Button, Card, Collapse, Flex, theme, Typography } from "antd";
import { Link } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { questionsOf } from "./questions";
import { words } from "./words";

/** Help: by telephone, by answers to what is often asked, and at the window. */
export default function Help() {
  const t = useSay();
  const { role } = useActing();
  const { token } = theme.useToken();
  return (
    <Flex vertical gap="large">
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
      <ByPhone />
      <section>
        <Typography.Title level={2} style={{ marginBlockStart: 0 }}>{t(words.questions)}</Typography.Title>
        <Collapse
          style={{ background: token.colorBgContainer }}
          items={questionsOf(role).map((q) => ({
            key: q.key,
            label: <strong>{t(q.asked)}</strong>,
            children: (
              <Flex vertical gap="small">
                <span>{t(q.told)}</span>
                {q.to && <Link to={`/${q.to}`} aria-label={`${t(words.go)}: ${t(q.asked)}`}>{t(words.go)}</Link>}
              </Flex>
            ),
          }))}
        />
      </section>
      <section>
        <Typography.Title level={2} style={{ marginBlockStart: 0 }}>{t(words.windows)}</Typography.Title>
        <Card>
          <Typography.Paragraph>{t(words.windowsWhy)}</Typography.Paragraph>
          <ul style={{ margin: 0, paddingInlineStart: 20 }}>
            {[words.atWindow, words.onPaper, words.lane].map((text) => <li key={text[1]}>{t(text)}</li>)}
          </ul>
        </Card>
      </section>
    </Flex>
  );
}

function ByPhone() {
  const t = useSay();
  const { help } = useWho();
  return (
    <Card>
      <Typography.Title level={2} style={{ marginBlockStart: 0 }}>{t(words.phone)}</Typography.Title>
      {help ? (
        <Flex vertical gap="small" align="start">
          <span>{t(words.phoneWhy)}</span>
          <Button type="primary" size="large" icon={<PhoneOutlined />} href={`tel:${help.phone}`}>{t(words.call, help.phone)}</Button>
          {help.hours && <Typography.Text type="secondary">{t(words.hours, help.hours)}</Typography.Text>}
          {help.government && <Typography.Text type="secondary">{t(words.government, help.phone)}</Typography.Text>}
        </Flex>
      ) : (
        <span>{t(words.noPhone)}</span>
      )}
    </Card>
  );
}
