import { Flex, Typography } from "antd";
import { Link } from "react-router";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { type Author as Of, toldOf, useAuthor } from "./authors";
import { words } from "./words";

/** Who has made a version: the name, and below it as what and for whom. */
export function Author({ of }: { of: Of | undefined }) {
  const t = useSay();
  const { language } = useWho();
  if (!of) return <Typography.Text type="secondary">{t(words.untold)}</Typography.Text>;
  const { called, more, unknown } = toldOf(of, language);
  const leads = of.who?.startsWith("Practitioner/") === true;
  return (
    <Flex vertical>
      {leads ? <Link to={`/record/${of.who}`} style={{ minHeight: 24 }}>{called}</Link> : <span>{called}</span>}
      {more.length > 0 && <Typography.Text type="secondary">{more.join(" · ")}</Typography.Text>}
      {unknown && <Typography.Text type="secondary">{unknown}</Typography.Text>}
    </Flex>
  );
}

/** Who has made the version that is shown, in one line. */
export function AuthorLine({ type, id, version }: { type: string; id: string; version: string }) {
  const t = useSay();
  const { language } = useWho();
  const { data, error, refetch } = useAuthor(type, id, version);
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <>{t(words.looking)}</>;
  const { called, more, unknown } = toldOf(data, language);
  return <>{t(words.madeBy, [called, ...more, unknown].filter(Boolean).join(" · "))}</>;
}
