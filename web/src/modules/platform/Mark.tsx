import { CheckCircleOutlined, ClockCircleOutlined, CloseCircleOutlined, ExclamationCircleOutlined } from "@ant-design/icons";
import { Tag } from "antd";
import type { ReactNode } from "react";

export type Tone = "good" | "watch" | "bad" | "quiet";

const looks: Record<Tone, { color?: string; icon: ReactNode }> = {
  good: { color: "success", icon: <CheckCircleOutlined aria-hidden /> },
  watch: { color: "warning", icon: <ExclamationCircleOutlined aria-hidden /> },
  bad: { color: "error", icon: <CloseCircleOutlined aria-hidden /> },
  quiet: { icon: <ClockCircleOutlined aria-hidden /> },
};

/** How something stands: a sign, a word and a colour. */
export function Mark({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <Tag {...looks[tone]} variant="outlined" style={{ marginInlineEnd: 0, whiteSpace: "nowrap" }}>
      <strong>{children}</strong>
    </Tag>
  );
}
