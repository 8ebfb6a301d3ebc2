import { Card, Flex, theme } from "antd";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { useActing, useSay, useWho } from "../../app/session";
import { HiddenNumber } from "./PaperCard";
import { useIdentity } from "./read";
import { words } from "./words";

/** Who one is, or for whom one acts, on top of the start: the name and the document that one shows most. In large type its number stands behind. */
export function IdentityCard() {
  const t = useSay();
  const { role, where = "" } = useActing();
  const { large } = useWho();
  const { token } = theme.useToken();
  const { data, error, isPending, refetch } = useIdentity();
  const first = data?.card ?? data?.papers[0];
  return (
    <section aria-label={role === "proxy" ? t(words.ofWhom, where) : t(words.mine)}>
      {isPending && <Loading rows={2} />}
      {error && <Failed error={error} again={() => void refetch()} />}
      {data && (
        <Card style={{ background: token.colorPrimary, borderColor: token.colorPrimary }} styles={{ body: { color: token.colorTextLightSolid } }}>
          <Flex vertical gap="small">
            <Flex wrap justify="space-between" align="center" gap="4px 12px">
              <strong style={{ fontSize: token.fontSizeHeading2 }}>{data.called}</strong>
              <span>{first ? t(first.kind) : t(words.none)}</span>
            </Flex>
            {first && !large && <HiddenNumber number={first.number} of={t(first.kind)} light />}
            <LinkButton block to="/card">{t(words.open)}</LinkButton>
          </Flex>
        </Card>
      )}
    </section>
  );
}
