import { Card, Flex, Tag, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { dateOf } from "../../words/dates";
import { weekdayOf } from "./days";
import type { Entry } from "./entries";
import { Lines } from "./Entries";
import { words } from "./words";
import type { Kind } from "./workdays";

const weekdays = [words.mondayLong, words.tuesdayLong, words.wednesdayLong, words.thursdayLong, words.fridayLong, words.saturdayLong, words.sundayLong] as const;

interface AgendaProps {
  days: string[];
  today: string;
  entries: Map<string, Entry[]>;
  kindOf: (day: string) => Kind;
}

/** Days one below the other: one day whole, of several those on which there is something, and holidays. */
export function Agenda({ days, today, entries, kindOf }: AgendaProps) {
  const t = useSay();
  const { language } = useWho();
  const one = days.length === 1;
  const shown = days.filter((d) => one || d === today || entries.has(d) || kindOf(d).named);
  if (shown.every((d) => !entries.has(d)) && !one) return <Empty title={t(words.nothing)} why={t(words.nothingWhy)} />;
  return (
    <Flex vertical gap="small">
      {shown.map((d) => {
        const kind = kindOf(d);
        return (
          <Card key={d} size="small">
            <Flex wrap gap="4px 8px" align="center">
              <Typography.Title level={2} style={{ margin: 0, fontSize: "inherit" }} className="numbers">
                {dateOf(d, language)} {t(weekdays[weekdayOf(d)] ?? words.mondayLong)}
              </Typography.Title>
              {d === today && <Tag color="processing" variant="solid">{t(words.today)}</Tag>}
              {kind.name && <Tag variant="outlined">{kind.name}</Tag>}
              {kind.named ? <Tag variant="outlined">{t(kind.workday ? words.work : words.holiday)}</Tag> : !kind.workday && <Typography.Text type="secondary">{t(words.off)}</Typography.Text>}
              {one && kind.source && <Typography.Text type="secondary">{t(words.source, kind.source)}</Typography.Text>}
            </Flex>
            {entries.has(d) ? <Lines of={entries.get(d) ?? []} /> : <Typography.Text type="secondary">{t(words.nothingToday)}</Typography.Text>}
          </Card>
        );
      })}
    </Flex>
  );
}
