import { Card, Typography } from "antd";
import type { ReactNode } from "react";

/** A part of a page, with its heading. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card>
      <Typography.Title level={2} style={{ marginBlockStart: 0 }}>{title}</Typography.Title>
      {children}
    </Card>
  );
}
