import { ArrowLeftOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import { LinkButton } from "../../parts/LinkButton";

/** Leads back to where one has come from. */
export function Back({ to, children }: { to: string; children: ReactNode }) {
  return (
    <div className="no-print">
      <LinkButton type="link" to={to} icon={<ArrowLeftOutlined aria-hidden />} style={{ paddingInline: 0 }}>{children}</LinkButton>
    </div>
  );
}
