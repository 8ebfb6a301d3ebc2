import { theme } from "antd";
import type { ReactNode } from "react";

/** What is told of a thing: names with values, side by side where there is room. What has no value is left out. */
export function Pairs({ of }: { of: [name: string, value: ReactNode][] }) {
  const { token } = theme.useToken();
  return (
    <dl style={{ display: "grid", gridTemplateColumns: `repeat(auto-fill, minmax(min(100%, ${token.fontSize * 17}px), 1fr))`, gap: "12px 24px", margin: 0 }}>
      {of.filter(([, value]) => value).map(([name, value]) => (
        <div key={name} style={{ minWidth: 0 }}>
          <dt style={{ color: token.colorTextSecondary, fontSize: token.fontSizeSM }}>{name}</dt>
          <dd style={{ margin: 0 }}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
