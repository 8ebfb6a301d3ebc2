import { Button, Descriptions, Drawer, Flex, Grid, Table, theme, Typography } from "antd";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useSay, useWho } from "../../app/session";
import { LinkButton } from "../../parts/LinkButton";
import { typeOf } from "../../resource/elements";
import { isMembers } from "../../resource/shape";
import { say, type Text } from "../../words";
import { stampOf } from "../../words/dates";
import { narrative } from "../../resource/narrative";
import { type AuditEvent, calledOf, deedOf, type Fate, roleOf, short, type Told } from "./event";
import { Ended } from "./EventTable";
import type { Filter } from "./filter";
import { fates, purposes, words } from "./words";

const became: Record<Fate, Text> = fates;

interface EventProps {
  told: Told | undefined;
  event: AuditEvent | undefined;
  names: ReadonlyMap<string, string>;
  onClose: () => void;
  onOnly: (filter: Partial<Filter>) => void;
}

/** All of an event in plain words, with what leads on from it. */
export function Event({ told, event, names, onClose, onOnly }: EventProps) {
  const t = useSay();
  const wide = Grid.useBreakpoint().md ?? true;
  return (
    <Drawer open={Boolean(told)} onClose={onClose} size={wide ? 640 : "100%"} title={t(words.event)} destroyOnHidden>
      {told && <Whole told={told} event={event} names={names} onOnly={onOnly} />}
    </Drawer>
  );
}

function Whole({ told, event, names, onOnly }: Omit<EventProps, "told" | "onClose"> & { told: Told }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const wide = Grid.useBreakpoint().md ?? true;
  const text = isMembers(event?.["text"]) ? String(event["text"]["div"] ?? "") : "";
  const purpose = purposes[told.purpose];
  const [resident] = told.residents;
  const item = (key: keyof typeof words, children: ReactNode) => (children ? [{ key, label: t(words[key]), children }] : []);
  const items = [
    ...item("when", <span className="numbers">{stampOf(told.at)}</span>),
    ...item("who", calledOf(told.who, names, language)),
    ...item("as", roleOf(told.as, language)),
    ...item("institution", told.institution && calledOf(told.institution, names, language)),
    ...item("did", deedOf(told.did, language)),
    ...item("outcome", <Ended outcome={told.outcome} />),
    ...item("purpose", purpose ? say(purpose, language) : told.purpose),
    ...item("counted", told.count),
    ...item("fromWhere", told.from),
    ...item("program", told.program),
    ...item("process", told.process),
    ...item("request", told.request),
    ...item("criteria", told.query && <pre style={{ margin: 0, whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{told.query}</pre>),
  ];
  return (
    <Flex vertical gap={20}>
      <Typography.Paragraph strong style={{ margin: 0 }}>{text ? narrative(text, language) : null}</Typography.Paragraph>
      <Descriptions
        bordered={wide} layout={wide ? "horizontal" : "vertical"} size="small" column={1} items={items}
        styles={{ label: { color: token.colorTextSecondary, ...(wide && { width: "34%" }) } }}
      />
      {told.residents.length > 0 && (
        <section>
          <Typography.Title level={2} style={{ fontSize: "1.1em", marginBlock: "0 8px" }}>{t(words.residents)}</Typography.Title>
          <ul style={{ margin: 0, paddingInlineStart: 20 }}>
            {told.residents.map((r) => <li key={r}><Link to={`/record/${r}`}>{calledOf(r, names, language)}</Link></li>)}
          </ul>
        </section>
      )}
      {told.things.length > 0 && (
        <section>
          <Typography.Title level={2} style={{ fontSize: "1.1em", marginBlock: "0 8px" }}>{t(words.things)}</Typography.Title>
          <Table
            size="small"
            rowKey={(x) => `${x.fate} ${x.reference} ${x.version}`}
            pagination={told.things.length > 20 ? { pageSize: 20, showSizeChanger: false } : false}
            dataSource={told.things}
            columns={[
              {
                title: t(words.thing),
                render: (_, x) => (
                  <Link to={`/record/${x.reference}${x.version ? `/${x.version}` : ""}`}>
                    {[`${typeOf(x.type, language)} …${short(x.reference)}`, x.version && t(words.version, x.version)].filter(Boolean).join(" · ")}
                  </Link>
                ),
              },
              { title: t(words.became), render: (_, x) => t(became[x.fate]) },
            ]}
          />
        </section>
      )}
      <Flex wrap gap={8}>
        {/^[A-Z]/.test(told.who) && <Button onClick={() => onOnly({ who: told.who })}>{t(words.onlyWho)}</Button>}
        {told.institution && <Button onClick={() => onOnly({ institution: told.institution })}>{t(words.onlyInstitution)}</Button>}
        {resident && told.residents.length === 1 && <Button onClick={() => onOnly({ about: resident })}>{t(words.onlyAbout)}</Button>}
        <LinkButton to={`/record/AuditEvent/${told.id}`}>{t(words.viewer)}</LinkButton>
      </Flex>
    </Flex>
  );
}
