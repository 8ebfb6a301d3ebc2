import { Flex, theme, Typography } from "antd";
import { useSay } from "../../app/session";
import { useTimes } from "../../parts/times";
import { words } from "./words";

interface PastProps {
  events: { at: string; by: string; text: string; times: number }[];
  names: Record<string, string>;
}

/** What somebody who has changed something is called. */
export const nameOf = (by: string, names: Record<string, string>, t: ReturnType<typeof useSay>): string =>
  /^console\b/.test(by) ? t(words.console) : (names[by] ?? t(words.unknown));

/** What has happened, newest first, with who did it. */
export function Past({ events, names }: PastProps) {
  const t = useSay();
  const times = useTimes();
  const { token } = theme.useToken();
  if (events.length === 0) return <Typography.Text type="secondary">{t(words.noHistory)}</Typography.Text>;
  return (
    <ol style={{ listStyle: "none", margin: 0, paddingInlineStart: 16, borderInlineStart: `3px solid ${token.colorBorderSecondary}` }}>
      {events.map((e, i) => (
        <li key={i} style={{ paddingBlock: 6 }}>
          <Flex wrap gap="0 16px">
            <Typography.Text type="secondary" className="numbers" style={{ minWidth: "13em" }}>{times.time(e.at)}</Typography.Text>
            <span style={{ flex: "1 1 260px" }}>{e.times > 1 ? t(words.times, e.text, e.times) : e.text}</span>
            <Typography.Text type="secondary" style={{ minWidth: "12em" }}>{t(words.by, nameOf(e.by, names, t))}</Typography.Text>
          </Flex>
        </li>
      ))}
    </ol>
  );
}
