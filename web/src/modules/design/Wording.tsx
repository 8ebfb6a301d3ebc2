import { CheckOutlined, CloseOutlined } from "@ant-design/icons";
import { Flex, Table, theme, Typography } from "antd";
import type { ReactNode } from "react";
import { useSay } from "../../app/session";
import { Wide } from "../../parts/Wide";
import type { Text } from "../../words";
import { type Advice, advice, words } from "./words";

/** How texts are written: what to do and what not to, in both languages. */
export function Wording() {
  const t = useSay();
  const { token } = theme.useToken();
  const both = (of: Text, icon: ReactNode, color: string) => (
    <Flex gap="small" align="baseline">
      <span aria-hidden style={{ color }}>{icon}</span>
      <Flex vertical gap={2} style={{ minWidth: 200 }}>
        <span lang="zh-CN">{of[0]}</span>
        {of[1] !== of[0] && <Typography.Text type="secondary" lang="en">{of[1]}</Typography.Text>}
      </Flex>
    </Flex>
  );
  return (
    <Flex vertical gap="middle">
      <Typography.Text>{t(words.wordingWhy)}</Typography.Text>
      <Wide label={t(words.wording)}>
        <Table<Advice>
          size="middle"
          rowKey={(a) => a.good[1]}
          pagination={false}
          dataSource={advice}
          columns={[
            { title: t(words.do), width: "40%", render: (_, a) => both(a.good, <CheckOutlined />, token.colorSuccess) },
            { title: t(words.dont), width: "34%", render: (_, a) => both(a.bad, <CloseOutlined />, token.colorError) },
            { title: t(words.why), render: (_, a) => t(a.why) },
          ]}
        />
      </Wide>
    </Flex>
  );
}
