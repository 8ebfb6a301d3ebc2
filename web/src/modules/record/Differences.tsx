import { Table, Typography } from "antd";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import type { Language } from "../../words";
import { difference } from "./difference";
import { Wide } from "../../parts/Wide";
import { elementOf } from "../../resource/elements";
import { Value } from "./Value";
import { words } from "./words";

/** The labels of all steps of a path. */
function pathInWords(type: string, path: string, language: Language): string {
  const steps = path.split(".");
  return steps.map((step, i) => {
    const [, name = "", index] = /^([^[]*)(?:\[(\d+)\])?$/.exec(step) ?? [];
    const before = steps.slice(0, i).map((s) => s.replace(/\[\d+\]/, ""));
    return elementOf([type, ...before, name.replace(/^_/, "")].join("."), language) + (index ? ` ${Number(index) + 1}` : "");
  }).join(" › ");
}

/** How two versions of a resource differ, place by place. */
export function Differences({ before, after }: { before: Resource; after: Resource }) {
  const t = useSay();
  const { language } = useWho();
  const changes = difference(before, after);
  if (changes.length === 0) return <Typography.Text>{t(words.alike)}</Typography.Text>;
  const path = (p: string) => `${after.resourceType}.${p.replaceAll(/\[\d+\]/g, "")}`;
  const kinds = { added: words.added, removed: words.removed, changed: words.edited };
  return (
    <Wide label={t(words.compare)}>
      <Table
        size="small"
        bordered
        rowKey="path"
        pagination={false}
        dataSource={changes}
        columns={[
          { title: t(words.place), render: (_, c) => pathInWords(after.resourceType, c.path, language) },
          { title: t(words.how), render: (_, c) => t(kinds[c.kind]) },
          { title: t(words.before), render: (_, c) => c.before !== undefined && <del><Value value={c.before} path={path(c.path)} /></del> },
          { title: t(words.after), render: (_, c) => c.after !== undefined && <ins><Value value={c.after} path={path(c.path)} /></ins> },
        ]}
      />
    </Wide>
  );
}
