import { PrinterOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Card, Descriptions, Flex, Skeleton, Tag, theme, Typography } from "antd";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import { fhir, type Reference, type Resource } from "../../api/fhir";
import { people } from "../../app/places";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Sections } from "../../parts/Sections";
import { dateOf } from "../../words/dates";
import { Banner } from "../residents/Banner";
import { codeOf, codingOf } from "../../resource/codes";
import { typeOf } from "../../resource/elements";
import { AuthorLine } from "./Author";
import { Facts, WithContained } from "./Facts";
import { exactly } from "../../resource/json/parse";
import { narrative } from "../../resource/narrative";
import { useNames } from "./names";
import { elementsOf, isMembers } from "../../resource/shape";
import { listed } from "../../words/list";
import { titleOf, whenOf } from "../../resource/summary";
import { Settle } from "./Settle";
import { Text } from "./Text";
import { Value } from "./Value";
import { Versions } from "./Versions";
import { words } from "./words";

/** Any resource of the record as a person reads it, or one of its versions. */
export default function Record() {
  const { type = "", id = "", version } = useParams();
  const path = `${type}/${id}${version ? `/_history/${version}` : ""}`;
  const { data, error, refetch } = useQuery({
    queryKey: ["record", type, id, version ?? ""],
    queryFn: async ({ signal }) => (await fhir(path, { signal, parse: exactly })).data,
  });
  const names = useNames(data);
  if (error && !data) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active paragraph={{ rows: 8 }} />;
  return (
    <WithContained of={data} known={names.data}>
      <Whole key={path} resource={data} old={version} known={names.data} />
    </WithContained>
  );
}

interface Read {
  resource: Resource;
  old: string | undefined; // the version that the address names
  known: ReadonlyMap<string, Resource> | undefined;
}

function Whole({ resource, old, known }: Read) {
  const t = useSay();
  const { language } = useWho();
  const subject = [resource["subject"], resource["patient"], resource["for"], resource["beneficiary"]].find(isMembers) as Reference | undefined;
  const patient = resource.resourceType === "Patient" ? undefined : known?.get(subject?.reference ?? "");
  const here = `/record/${resource.resourceType}/${resource.id}`;
  const status = typeof resource["status"] === "string" ? resource["status"] : "";
  return (
    <Flex vertical gap={16}>
      {patient?.resourceType === "Patient" && <Banner patient={patient} known={known} linked />}
      <Flex wrap gap={12} align="flex-start" justify="space-between">
        <div>
          <Typography.Text type="secondary">{typeOf(resource.resourceType, language)}</Typography.Text>
          <Typography.Title level={1} style={{ margin: 0 }}>{titleOf(resource, language)}</Typography.Title>
          <Flex wrap gap={8} align="center">
            <span className="numbers">{dateOf(whenOf(resource), language)}</span>
            {status && <Tag variant="outlined">{codeOf(status, language)}</Tag>}
          </Flex>
        </div>
        <Actions resource={resource} />
      </Flex>
      {old && (
        <Alert
          type="warning"
          showIcon
          title={t(words.older, old)}
          description={<AuthorLine type={resource.resourceType} id={resource.id ?? ""} version={old} />}
          action={<Link to={here}>{t(words.newest)}</Link>}
        />
      )}
      {!old && <Settle resource={resource} />}
      <Card styles={{ body: { paddingBlockStart: 4 } }}>
        <Sections
          items={[
            { key: "facts", label: t(words.facts), children: <Content resource={resource} /> },
            ...(resource.resourceType === "AuditEvent" ? [] : [{ key: "versions", label: t(words.versions), children: <Versions resource={resource} /> }]),
            { key: "json", label: t(words.expert), children: <Text resource={resource} /> },
          ]}
        />
      </Card>
    </Flex>
  );
}

const uncorrectable = ["AuditEvent", "Task", "Provenance", "Communication", "Consent", "Organization", "Practitioner", "PractitionerRole", "Location"];

function Actions({ resource }: { resource: Resource }) {
  const t = useSay();
  const { role } = useActing();
  const asks = people.some((p) => p === role) && !uncorrectable.includes(resource.resourceType);
  return (
    <Flex wrap gap={8} className="no-print">
      <Button icon={<PrinterOutlined />} onClick={() => window.print()}>{t(words.print)}</Button>
      {asks && <LinkButton to={`/matters/begin?process=correction&record=${resource.resourceType}/${resource.id}`}>{t(words.correct)}</LinkButton>}
    </Flex>
  );
}

function Content({ resource }: { resource: Resource }) {
  const t = useSay();
  const { language } = useWho();
  const text = isMembers(resource["text"]) ? String(resource["text"]["div"] ?? "") : "";
  const told = text ? narrative(text, language) : null;
  const bare = elementsOf(resource, resource.resourceType).length < 2 || resource.resourceType === "AuditEvent";
  return (
    <Flex vertical gap={16}>
      {told && bare && <div>{told}</div>}
      <Facts resource={resource} path={resource.resourceType} />
      {told && !bare && (
        <section aria-label={t(words.narrative)}>
          <Typography.Title level={2} style={{ fontSize: "1em" }}>{t(words.narrative)}</Typography.Title>
          <div style={{ overflowX: "auto" }}>{told}</div>
        </section>
      )}
      <About resource={resource} />
    </Flex>
  );
}

/** What the record itself knows of a resource. */
function About({ resource: { id, meta, ...rest } }: { resource: Resource }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const keeper = (meta?.extension ?? []).filter(isMembers).find((e) => e["url"] === "urn:yitong:custodian")?.["valueReference"];
  const item = (key: keyof typeof words, children: ReactNode) => ({ key, label: t(words[key]), children });
  const items = [
    item("keeper", keeper ? <Value value={keeper} path="Reference" /> : t(words.none)),
    item("changedAt", <span className="numbers">{dateOf(meta?.lastUpdated ?? "", language)}</span>),
    item("version", meta?.versionId ?? ""),
    item("id", `${rest.resourceType}/${id}`),
    ...(meta?.security ? [item("labels", listed(meta.security.map((c) => codingOf(c, language)), language))] : []),
    ...(meta?.profile ? [item("profiles", meta.profile.join(" "))] : []),
  ];
  return (
    <section>
      <Typography.Title level={2} style={{ fontSize: "1em" }}>{t(words.about)}</Typography.Title>
      <Descriptions size="small" styles={{ label: { color: token.colorTextSecondary } }} column={{ xs: 1, md: 2 }} items={items} />
    </section>
  );
}
