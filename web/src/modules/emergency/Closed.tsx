import { Card, Typography } from "antd";
import { Problem } from "../../api/http";
import { useActing, useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { mayOpen } from "./emergency";
import { words } from "./words";

/** Tells why a resident's record cannot be shown; one that is closed leads on to who may open it in an emergency. */
export function Closed({ id, error, again }: { id: string; error: Error; again: () => void }) {
  const t = useSay();
  const { role } = useActing();
  if (!(error instanceof Problem) || error.status !== 403 || !mayOpen(role)) return <Failed error={error} again={again} />;
  return (
    <Card>
      <Typography.Title level={1} style={{ marginBlockStart: 0 }}>{t(words.closed)}</Typography.Title>
      <Typography.Paragraph>{t(words.closedWhy)}</Typography.Paragraph>
      <LinkButton type="primary" danger to={`/emergency/${id}`}>{t(words.title)}</LinkButton>
    </Card>
  );
}

/** Leads from a search that has found nobody to emergency access, for who may open records so. */
export function NotFound() {
  const t = useSay();
  const { role } = useActing();
  if (!mayOpen(role)) return null;
  return (
    <>
      <Typography.Paragraph>{t(words.notFound)}</Typography.Paragraph>
      <LinkButton to="/emergency">{t(words.title)}</LinkButton>
    </>
  );
}
