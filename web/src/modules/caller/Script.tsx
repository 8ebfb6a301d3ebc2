import { theme } from "antd";
import { useSay } from "../../app/session";
import { words } from "./words";

/** What the operator reads out. */
export function Script({ children }: { children: string }) {
  const t = useSay();
  const { token } = theme.useToken();
  return (
    <p style={{ margin: 0, padding: "10px 16px", borderInlineStart: `4px solid ${token.colorPrimary}`, background: token.colorInfoBg, borderRadius: token.borderRadius }}>
      <span style={{ color: token.colorTextSecondary, fontSize: token.fontSizeSM }}>{t(words.saySomething)}</span> <strong>{children}</strong>
    </p>
  );
}
