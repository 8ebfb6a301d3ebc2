import { Flex, Table, Typography } from "antd";
import { useState } from "react";
import { useSay } from "../../app/session";
import { Wide } from "../../parts/Wide";
import { agoOf, leftUntil } from "../../parts/times";
import type { Language, Text } from "../../words";
import { dateOf } from "../../words/dates";
import { masked } from "../residents/Banner";
import { words } from "./words";

const hour = 3600_000;

/** How dates, times and numbers are said, in both languages. */
export function Dates() {
  const t = useSay();
  const [now] = useState(() => Date.now());
  const at = (hours: number) => new Date(now + hours * hour).toISOString();
  const rows: { name: Text; written: string; said: (language: Language) => string }[] = [
    { name: words.day, written: "2026-05-06", said: (l) => dateOf("2026-05-06", l) },
    { name: words.month, written: "2026-05", said: (l) => dateOf("2026-05", l) },
    { name: words.instant, written: "2026-05-06T20:30:00Z", said: (l) => dateOf("2026-05-06T20:30:00Z", l) },
    { name: words.left, written: at(73).slice(0, 16), said: (l) => leftUntil(at(73), now, l) },
    { name: words.late, written: at(-5).slice(0, 16), said: (l) => leftUntil(at(-5), now, l) },
    { name: words.ago, written: at(-50).slice(0, 16), said: (l) => agoOf(at(-50), now, l) },
    { name: words.number, written: "110101198405061236", said: () => masked("110101198405061236") },
  ];
  return (
    <Flex vertical gap="middle">
      <Typography.Text>{t(words.dateWhy)}</Typography.Text>
      <Wide label={t(words.dates)}>
        <Table
          size="small"
          rowKey={(r) => r.name[1]}
          pagination={false}
          dataSource={rows}
          columns={[
            { title: t(words.kind), render: (_, r) => t(r.name) },
            { title: t(words.write), className: "numbers", render: (_, r) => <code>{r.written}</code> },
            { title: t(words.chinese), className: "numbers", render: (_, r) => <span lang="zh-CN">{r.said("zh-CN")}</span> },
            { title: t(words.english), className: "numbers", render: (_, r) => <span lang="en">{r.said("en")}</span> },
          ]}
        />
      </Wide>
    </Flex>
  );
}
