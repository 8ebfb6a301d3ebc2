import { Flex, Tag, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { rangeOf, type Result, standingOf } from "../../resource/results";
import { words } from "./words";

/** What a result means, in words and a sign, with the range that it is held against. */
export function Standing({ of, short = false }: { of: Result; short?: boolean }) {
  const t = useSay();
  const { language } = useWho();
  const standing = standingOf(of, language);
  const range = rangeOf(of.referenceRange?.[0]);
  if (!standing && (short || !range)) return null;
  return (
    <Flex component="span" wrap gap="0 8px" align="center">
      {standing && <Tag color={standing.abnormal ? "error" : "default"} variant="outlined"><strong>{standing.words}</strong></Tag>}
      {!short && range && <Typography.Text type="secondary" className="numbers">{t(words.range, range)}</Typography.Text>}
    </Flex>
  );
}
