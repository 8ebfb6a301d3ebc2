import { DownOutlined, RightOutlined } from "@ant-design/icons";
import { Button, Card, Flex, Input, Select, Table, Tag, theme, Typography } from "antd";
import { useEffect, useMemo, useState } from "react";
import { Link } from "react-router";
import { matches } from "../../api/fhir";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { allianceOf, type Filter, fitting, type Institution, institutionOf, partIn, treeOf, useAlliances, useInstitutions } from "./institutions";
import { listed } from "../../words/list";
import { words } from "./words";

const nothing: Filter = { text: "", district: "", kind: "" };
const pagesMost = 4; // read without being asked

/** The institutions of the region: each under that which it is part of, by district and kind. */
export default function Institutions() {
  const t = useSay();
  const { language } = useWho();
  const { role } = useActing();
  const found = useInstitutions();
  const [filter, set] = useState(nothing);
  const all = useMemo(() => (found.data?.pages.flatMap(matches) ?? []).map((r) => institutionOf(r, language)), [found.data, language]);
  const fit = useMemo(() => fitting(all, filter), [all, filter]);
  const tree = useMemo(() => treeOf(fit), [fit]);
  const { hasNextPage, isFetching, fetchNextPage } = found;
  const further = hasNextPage && !isFetching && !found.error && (found.data?.pages.length ?? 0) < pagesMost;
  useEffect(() => {
    if (further) void fetchNextPage();
  }, [further, fetchNextPage]);
  const choices = (of: (i: Institution) => string) => [{ value: "", label: t(words.all) }, ...[...new Set(all.map(of))].filter(Boolean).sort((a, b) => a.localeCompare(b, "zh-CN")).map((value) => ({ value, label: value }))];
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        {role === "operator" && <LinkButton type="primary" to="/institutions/new">{t(words.make)}</LinkButton>}
      </Flex>
      <Card>
        <Flex gap={16} wrap role="search">
          <div style={{ flex: "2 1 240px" }}>
            <label htmlFor="institutions-text">{t(words.filter)}</label>
            <Input id="institutions-text" value={filter.text} onChange={(e) => set({ ...filter, text: e.target.value })} />
          </div>
          <Choice id="institutions-district" label={t(words.district)} value={filter.district} options={choices((i) => i.district)} onChange={(district) => set({ ...filter, district })} />
          <Choice id="institutions-kind" label={t(words.kind)} value={filter.kind} options={choices((i) => i.kind)} onChange={(kind) => set({ ...filter, kind })} />
        </Flex>
      </Card>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={10} />}
      {found.data && fit.length === 0 && (
        <Empty title={t(all.length > 0 ? words.none : words.noneYet)} {...(all.length > 0 && { why: t(words.noneWhy) })}>
          {all.length > 0 && <Button onClick={() => set(nothing)}>{t(words.clear)}</Button>}
        </Empty>
      )}
      {fit.length > 0 && (
        <Flex vertical gap={12}>
          <span role="status">{t(words.shown, all.length, fit.length)}</span>
          <Tree tree={tree} nameOf={(reference) => all.find((i) => `Organization/${i.id}` === reference)?.name} />
        </Flex>
      )}
      {found.hasNextPage && <Button onClick={() => void fetchNextPage()} loading={found.isFetchingNextPage}>{t(words.more)}</Button>}
    </Flex>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  value: string;
  options: { value: string; label: string }[];
  onChange: (value: string) => void;
}

function Choice({ id, label, value, options, onChange }: ChoiceProps) {
  return (
    <div style={{ flex: "1 1 180px" }}>
      <label htmlFor={id}>{label}</label>
      <Select virtual={false} id={id} aria-label={label} value={value} options={options} onChange={onChange} showSearch={{ optionFilterProp: "label" }} style={{ width: "100%" }} />
    </div>
  );
}

function Tree({ tree, nameOf }: { tree: Institution[]; nameOf: (reference: string) => string | undefined }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const alliances = useAlliances();
  return (
    <Table<Institution>
      rowKey="id"
      size="middle"
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={tree}
      expandable={{
        expandIcon: ({ expanded, onExpand, record }) =>
          record.children ? (
            <Button
              type="text"
              size="small"
              icon={expanded ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />}
              aria-label={t(expanded ? words.fold : words.unfold, record.name)}
              aria-expanded={expanded}
              onClick={(event) => onExpand(record, event)}
              style={{ marginInlineEnd: 4 }}
            />
          ) : (
            <span style={{ display: "inline-block", width: token.controlHeightSM + 4 }} />
          ),
      }}
      columns={[
        {
          title: t(words.name),
          render: (_, i) => {
            const above = tree.includes(i) && i.parent?.reference ? (nameOf(i.parent.reference) ?? i.parent.display) : undefined;
            return (
              <Flex vertical style={{ display: "inline-flex" }}>
                <Link to={`/institutions/${i.id}`} style={{ fontWeight: 600, minHeight: 24 }}>{i.name}</Link>
                {above && <Typography.Text type="secondary">{t(words.partOf, above)}</Typography.Text>}
              </Flex>
            );
          },
        },
        { title: t(words.kind), dataIndex: "kind" },
        { title: t(words.level), render: (_, i) => i.level || "—" },
        { title: t(words.district), render: (_, i) => i.district || "—" },
        {
          title: t(words.alliance),
          render: (_, i) => {
            const belongs = alliances.data?.get(`Organization/${i.id}`) ?? [];
            return listed(belongs.map((a) => [allianceOf(a)?.display, partIn(a, language)].filter(Boolean).join(" · ")), language) || "—";
          },
        },
        { title: t(words.phone), render: (_, i) => <span className="numbers">{i.phone || "—"}</span> },
        { title: t(words.state), render: (_, i) => <Active is={i.active} /> },
      ]}
    />
  );
}

/** Whether an institution is active, in words. */
export function Active({ is }: { is: boolean }) {
  const t = useSay();
  return <Tag color={is ? "success" : "default"} variant="outlined" style={{ marginInlineEnd: 0 }}><strong>{t(is ? words.active : words.inactive)}</strong></Tag>;
}
