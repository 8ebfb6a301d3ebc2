import { Card, Empty as Nothing, Typography } from "antd";
import type { ReactNode } from "react";

/** Tells that there is nothing here, why, and what one can do. */
export function Empty({ title, why, children }: { title: string; why?: string; children?: ReactNode }) {
  return (
    <Card>
      <Nothing image={Nothing.PRESENTED_IMAGE_SIMPLE} description={<Typography.Text strong>{title}</Typography.Text>}>
        {why && <Typography.Paragraph type="secondary">{why}</Typography.Paragraph>}
        {children}
      </Nothing>
    </Card>
  );
}
