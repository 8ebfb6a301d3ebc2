import { CompassOutlined, InfoCircleOutlined, WarningOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";

const icons = { missing: CompassOutlined, nothing: InfoCircleOutlined, broken: WarningOutlined };

/** What stands where a page would: that there is none, and the way on. */
export function Whole({ kind, title, why, children }: { kind: keyof typeof icons; title: string; why: string; children: ReactNode }) {
  const Icon = icons[kind];
  return (
    <div className="whole plain">
      <Icon aria-hidden />
      <h1>{title}</h1>
      <p>{why}</p>
      {children}
    </div>
  );
}
