import { Card, Descriptions, theme, Typography } from "antd";
import { type Role, useSay, useWho } from "../../app/session";
import { roles } from "../../app/words";
import { callOf, type Party } from "./cases";
import { words } from "./words";

const isRole = (text: string | undefined): text is Role => text !== undefined && text in roles;

/** Who has a part in a case. */
export function Parties({ parties }: { parties: Party[] }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const items = parties.flatMap((p) => {
    const who = p.called ?? (isRole(p.role) ? t(roles[p.role]) : "");
    return who ? [{ key: p.name, label: callOf(p, language), children: who }] : [];
  });
  if (items.length === 0) return null;
  return (
    <Card>
      <Typography.Title level={2} style={{ marginTop: 0 }}>{t(words.parties)}</Typography.Title>
      <Descriptions styles={{ label: { color: token.colorTextSecondary } }} layout="vertical" colon={false} size="small" column={1} items={items} />
    </Card>
  );
}
