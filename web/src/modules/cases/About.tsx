import { Card, Descriptions, Flex, theme, Typography } from "antd";
import { Link } from "react-router";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { Loading } from "../../parts/Loading";
import { typeOf } from "../../resource/elements";
import { factsOf } from "../../resource/facts";
import { titleOf } from "../../resource/summary";
import type { Place, Task } from "./cases";
import { words } from "./words";

interface AboutProps {
  task: { task: Task | undefined; resident: Resource | undefined; focus: Resource | undefined } | undefined;
  loading: boolean;
  place: Place;
  banner: boolean; // whom it is about is shown: staff
}

/** Whom and what a case is about: as much of it as the reader may see. */
export function About({ task, loading, place, banner }: AboutProps) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  if (loading) return <Card><Loading rows={2} /></Card>;
  const { resident, focus } = task ?? {};
  const facts = (r: Resource) => factsOf(r, language).map((f) => ({ key: f.label, label: f.label, children: f.value }));
  return (
    <>
      {banner && resident && (
        <Card>
          <Typography.Title level={2} style={{ marginTop: 0 }}>{t(words.about)}</Typography.Title>
          <Flex gap="4px 24px" wrap>
            <Typography.Text strong>{titleOf(resident, language)}</Typography.Text>
            {factsOf(resident, language).map((f) => <span key={f.label}><Typography.Text type="secondary">{f.label}</Typography.Text> {f.value}</span>)}
          </Flex>
        </Card>
      )}
      {place.focus && (
        <Card>
          <Typography.Title level={2} style={{ marginTop: 0 }}>{t(words.record)}</Typography.Title>
          {focus ? (
            <Flex vertical gap="small">
              <Typography.Text strong>{typeOf(focus.resourceType, language)} · {titleOf(focus, language)}</Typography.Text>
              <Descriptions styles={{ label: { color: token.colorTextSecondary } }} size="small" column={{ xs: 1, md: 3 }} items={facts(focus)} />
              <Link className="no-print" to={`/record/${place.focus}`}>{t(words.openRecord)}</Link>
            </Flex>
          ) : (
            <Typography.Text type="secondary">{typeOf(place.focus.split("/")[0] ?? "", language)} · {t(words.noRecord)}</Typography.Text>
          )}
        </Card>
      )}
    </>
  );
}
