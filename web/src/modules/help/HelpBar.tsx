import { PhoneOutlined } from "@ant-design/icons";
import { Button, theme } from "antd";
import { useSay, useWho } from "../../app/session";
import { words } from "./words";

/** Help by telephone, at the foot of every page in large type. */
export function HelpBar() {
  const t = useSay();
  const { help, large } = useWho();
  const { token } = theme.useToken();
  if (!help || !large) return null;
  return (
    <aside aria-label={t(words.phone)} style={{ background: token.colorBgContainer, borderTop: `1px solid ${token.colorBorderSecondary}`, padding: "6px 16px" }}>
      <Button block size="small" icon={<PhoneOutlined />} href={`tel:${help.phone}`} style={{ maxWidth: 880, margin: "0 auto", display: "flex" }}>{t(words.bar, help.phone)}</Button>
    </aside>
  );
}
