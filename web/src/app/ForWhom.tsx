import { UserSwitchOutlined } from "@ant-design/icons";
import { Button, theme } from "antd";
import { useSwitch } from "../modules/family/switching";
import { useActing, useSay } from "./session";
import { words } from "./words";

/** Says on every page for whom one acts, with the way back to oneself; nothing where one acts for oneself or at work. */
export function ForWhom() {
  const t = useSay();
  const { role, where = "" } = useActing();
  const { token } = theme.useToken();
  const { back, busy } = useSwitch();
  if (role !== "proxy") return null;
  return (
    <section
      aria-label={t(words.actingFor, where)}
      style={{
        flex: "1 0 100%", display: "flex", flexWrap: "wrap", alignItems: "center", gap: "0 12px", marginInline: -16, padding: "4px 16px", minHeight: token.controlHeight,
        background: token.colorWarningBg, borderTop: `1px solid ${token.colorBorderSecondary}`,
      }}
    >
      <UserSwitchOutlined aria-hidden />
      <strong style={{ marginInlineEnd: "auto" }}>{t(words.actingFor, where)}</strong>
      {back && <Button size="small" loading={busy} onClick={back}>{t(words.backToMe)}</Button>}
    </section>
  );
}
