import { useQuery } from "@tanstack/react-query";
import { Alert, Card, Descriptions, Flex, theme, Typography } from "antd";
import { Link, useParams } from "react-router";
import { fhir } from "../../api/fhir";
import { Problem } from "../../api/http";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { Sections } from "../../parts/Sections";
import { dateOf } from "../../words/dates";
import { calledOf } from "../trail/event";
import { useCalled } from "../trail/names";
import { Changes } from "./Changes";
import { difference } from "./difference";
import { Standing } from "./Editions";
import { Publish } from "./Publish";
import { RowTable } from "./RowTable";
import { keys, type Line, regionOf, type Rule, titleOf, useRule, type Version as Told } from "./rules";
import { linesOf } from "./sheet";
import { Trial } from "./Trial";
import { moves, words } from "./words";

/** A version of a rule: of a draft what it would change, and what it takes to publish it. */
export default function Version() {
  const t = useSay();
  const { name = "", library = "" } = useParams();
  const rule = useRule(name);
  const read = useQuery({
    queryKey: keys.version(library),
    queryFn: async ({ signal }) => linesOf((await fhir(`Library/${library}`, { signal })).data) ?? null,
  });
  const error = rule.error ?? read.error;
  const told = rule.data?.versions.find((v) => v.library === library);
  const missing = (error instanceof Problem && error.status === 404) || (rule.data !== undefined && !told);
  if (missing) return <Empty title={t(words.missingVersion)} why={t(words.missingWhy)}><Link to="/rules">{t(words.back)}</Link></Empty>;
  if (error) return <Failed error={error} again={() => void Promise.all([rule.refetch(), read.refetch()])} />;
  return rule.data && told && read.data !== undefined ? <Whole rule={rule.data} version={told} lines={read.data} /> : <Loading rows={8} />;
}

function Whole({ rule, version, lines }: { rule: Rule; version: Told; lines: Line[] | null }) {
  const t = useSay();
  const { language } = useWho();
  const { role } = useActing();
  const { token } = theme.useToken();
  const author = /^Practitioner\//.test(version.author) ? [version.author] : [];
  const names = useCalled(author);
  const draft = version.state === "draft";
  const at = dateOf(version.published || version.drafted, language);
  const facts = [
    { key: "state", label: t(words.state), children: <Standing state={version.state} /> },
    { key: "region", label: t(words.region), children: regionOf(version.region, language) },
    { key: "first", label: t(words.first), children: <span className="numbers">{dateOf(version.from, language)}</span> },
    { key: "author", label: t(words.author), children: calledOf(version.author, names, language) },
    { key: "note", label: t(words.note), children: version.note || t(words.nothing), span: "filled" as const },
  ];
  return (
    <Flex vertical gap={16}>
      <Link to={`/rules/${rule.name}`}>← {t(words.backTo, titleOf(rule, language))}</Link>
      <Flex wrap gap={12} align="flex-start" justify="space-between">
        <div style={{ flex: "1 1 320px" }}>
          <Typography.Title level={1} style={{ margin: 0 }}>{titleOf(rule, language)}</Typography.Title>
          <Typography.Text type="secondary">
            {[t(words.version, version.name), version.published ? t(words.published, at) : t(words.drafted, at)].join(" · ")}
          </Typography.Text>
        </div>
        {draft && role === "regulator" && <Publish rule={rule} version={version} />}
      </Flex>
      {draft && role === "operator" && <Alert type="info" showIcon title={t(moves.waits)} />}
      <Card><Descriptions column={{ xs: 1, md: 2 }} styles={{ label: { color: token.colorTextSecondary } }} items={facts} /></Card>
      {!lines && <Alert type="error" role="alert" title={t(words.unread)} />}
      {lines && (
        <Sections
          items={[
            ...(draft ? [{ key: "changes", label: t(words.differences), children: <Changes rule={rule} changes={difference(rule.rows, lines, version.region)} /> }] : []),
            { key: "rows", label: t(words.allRows), children: <RowTable rule={rule} rows={lines} day="" /> },
            ...(role === "operator" || role === "regulator" ? [{ key: "try", label: t(moves.try), children: <Trial rule={rule} library={version.library} /> }] : []),
          ]}
        />
      )}
    </Flex>
  );
}
