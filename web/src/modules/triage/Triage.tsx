import { PhoneOutlined } from "@ant-design/icons";
import { Flex, Typography } from "antd";
import { useNavigate } from "react-router";
import { useActing, useSay } from "../../app/session";
import { Steps } from "./Steps";
import { words } from "./words";

/** Where people learn where to go: a complaint, some questions, and a result that leads to booking. */
export default function Triage() {
  const t = useSay();
  const go = useNavigate();
  const { role } = useActing();
  const books = role === "resident" || role === "proxy";
  return (
    <Flex vertical gap={16} style={{ maxWidth: 820 }}>
      <div>
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <Typography.Paragraph type="secondary" style={{ marginBlock: 4 }}>{t(words.why)}</Typography.Paragraph>
        <Typography.Text>{t(words.danger)} <a href="tel:120" style={{ textDecoration: "underline" }}><PhoneOutlined aria-hidden /> <strong className="numbers">120</strong></a></Typography.Text>
      </div>
      <Steps onBook={books ? (department) => void go(`/booking/find?department=${department}`) : undefined} />
    </Flex>
  );
}
