import { Flex, Typography } from "antd";
import type { ReactNode } from "react";

interface LabelledProps {
  id: string;
  label: string;
  doc?: string;
  problem?: string | undefined;
  children: ReactNode;
}

/** An input with its label, and what is wrong with it. */
export function Labelled({ id, label, doc, problem, children }: LabelledProps) {
  return (
    <Flex vertical gap={4}>
      <label htmlFor={id}><Typography.Text strong>{label}</Typography.Text></label>
      {children}
      {doc && <Typography.Text type="secondary">{doc}</Typography.Text>}
      {problem && <Typography.Text id={`${id}-wrong`} type="danger">{problem}</Typography.Text>}
    </Flex>
  );
}
