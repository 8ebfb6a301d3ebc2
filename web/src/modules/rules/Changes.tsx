import { Flex, Table, Tag, theme, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { dateOf } from "../../words/dates";
import type { Change } from "./difference";
import { caseOf, type Line, regionOf, type Rule, titleOf, valueOf } from "./rules";
import { Wide } from "./Wide";
import { words } from "./words";

/** What a draft changes of what stands, row by row: what goes is struck through, what comes is marked. */
export function Changes({ rule, changes }: { rule: Rule; changes: Change[] }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  if (changes.length === 0) return <Typography.Text>{t(words.alike)}</Typography.Text>;
  const count = (kind: Change["kind"]) => changes.filter((c) => c.kind === kind).length;
  const colours = { added: "success", changed: "warning", removed: "error" };
  const cell = (of: (l: Line) => string) => (_: unknown, { before, after }: Change) => {
    const [was, is] = [before && of(before), after && of(after)];
    if (was === is) return is;
    return (
      <Flex vertical>
        {was !== undefined && <del style={{ color: token.colorTextSecondary }}>{was}</del>}
        {is !== undefined && <ins style={{ background: token.colorSuccessBg, textDecoration: "none", fontWeight: 650, paddingInline: 4 }}>{is}</ins>}
      </Flex>
    );
  };
  const day = (said: string) => (said ? dateOf(said, language) : t(words.open));
  return (
    <Flex vertical gap={12}>
      <span role="status">{t(words.summary, count("added"), count("changed"), count("removed"))}</span>
      <Wide label={t(words.differences)}>
        <Table<Change>
          size="middle"
          rowKey={({ before, after }) => [before, after].map((l) => [l?.region, ...(l?.keys ?? []), l?.from].join(" ")).join("|")}
          pagination={changes.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
          style={{ minWidth: 820 }}
          dataSource={changes}
          columns={[
            { title: t(words.change), render: (_, c) => <Tag variant="outlined" color={colours[c.kind]}>{t(words[c.kind])}</Tag> },
            { title: t(words.region), render: cell((l) => regionOf(l.region, language)) },
            ...(rule.keys.length > 0 ? [{ title: rule.keys.map((k) => titleOf(k, language)).join(" · "), render: cell((l) => caseOf(rule, l.keys, language)) }] : []),
            { title: t(words.from), className: "numbers", render: cell((l) => day(l.from)) },
            { title: t(words.to), className: "numbers", render: cell((l) => day(l.to)) },
            { title: t(words.value), className: "numbers", render: cell((l) => valueOf(rule, l.value, language)) },
            { title: t(words.source), render: cell((l) => l.source) },
          ]}
        />
      </Wide>
    </Flex>
  );
}
