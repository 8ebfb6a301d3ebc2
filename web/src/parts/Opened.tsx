import { Card, Typography } from "antd";
import { type ReactNode, useEffect, useRef } from "react";

/** A card that opens in a page, such as one with a form: its heading is gone to, and when it closes, what has opened it. */
export function Opened({ title, children }: { title: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    heading.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <Card>
      <Typography.Title level={2} ref={heading} tabIndex={-1} style={{ marginBlockStart: 0 }}>{title}</Typography.Title>
      {children}
    </Card>
  );
}
