import { Flex, Table } from "antd";
import { Link } from "react-router";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { dateOf } from "../../words/dates";
import { typeOf } from "../../resource/elements";
import type { Result } from "../../resource/results";
import { Standing } from "../record/Standing";
import { gistOf, titleOf, whenOf } from "../../resource/summary";
import { words } from "./words";

/** Resources of one kind, the newest first, as a dense table. */
export function Entries({ of }: { of: Resource[] }) {
  const t = useSay();
  const { language } = useWho();
  const several = new Set(of.map((r) => r.resourceType)).size > 1;
  return (
    <Table
      size="small"
      rowKey={(r) => `${r.resourceType}/${r.id}`}
      pagination={{ pageSize: 25, hideOnSinglePage: true, showSizeChanger: false }}
      scroll={{ x: "max-content" }}
      dataSource={of}
      columns={[
        { title: t(words.when), render: (_, r) => <span className="numbers">{dateOf(whenOf(r), language) || t(words.undated)}</span> },
        { title: t(words.what), render: (_, r) => <Link to={`/record/${r.resourceType}/${r.id}`}>{titleOf(r, language)}</Link> },
        { title: t(words.value), render: (_, r) => <Flex wrap gap="0 8px" align="center"><span className="numbers">{gistOf(r, language)}</span><Standing of={r as Result} /></Flex> },
        ...(several ? [{ title: t(words.kind), render: (_: unknown, r: Resource) => typeOf(r.resourceType, language) }] : []),
      ]}
    />
  );
}
