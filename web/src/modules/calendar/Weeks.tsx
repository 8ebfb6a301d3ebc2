import { Button, Flex, theme, Typography } from "antd";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useSay, useWho } from "../../app/session";
import { dateOf } from "../../words/dates";
import { dayAfter, numberOf, stepped } from "./days";
import type { Entry } from "./entries";
import { Line } from "./Entries";
import { told } from "../../words/list";
import { words } from "./words";
import type { Kind } from "./workdays";

const lines = 3; // of a day in a month

interface WeeksProps {
  caption: string;
  weeks: string[][];
  day: string; // the one that is chosen
  today: string;
  whole: boolean; // all entries of each day
  entries: Map<string, Entry[]>;
  kindOf: (day: string) => Kind;
  onChoose: (day: string) => void;
  onOpen: (day: string) => void;
}

const heads = [words.monday, words.tuesday, words.wednesday, words.thursday, words.friday, words.saturday, words.sunday] as const;
const longHeads = [words.mondayLong, words.tuesdayLong, words.wednesdayLong, words.thursdayLong, words.fridayLong, words.saturdayLong, words.sundayLong] as const;

/** Weeks as a table, a row each. On a day, arrows go to other days. */
export function Weeks({ caption, weeks, day, today, whole, entries, kindOf, onChoose, onOpen }: WeeksProps) {
  const t = useSay();
  const { token } = theme.useToken();
  const table = useRef<HTMLTableElement>(null);
  const moved = useRef(false);
  useEffect(() => {
    if (moved.current) table.current?.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus();
    moved.current = false;
  }, [day]);
  const press = (event: KeyboardEvent) => {
    if (!(event.target as Element).closest("[data-day]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowLeft: dayAfter(day, -1), ArrowRight: dayAfter(day, 1), ArrowUp: dayAfter(day, -7), ArrowDown: dayAfter(day, 7), PageUp: stepped("month", day, -1), PageDown: stepped("month", day, 1) }[event.key];
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    moved.current = true;
    onChoose(to);
  };
  const cell = { border: `1px solid ${token.colorBorderSecondary}`, padding: 4, verticalAlign: "top" } as const;
  return (
    <table ref={table} onKeyDown={press} style={{ width: "100%", tableLayout: "fixed", borderCollapse: "collapse", background: token.colorBgContainer }}>
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr style={{ background: token.colorFillQuaternary }}>
          <th scope="col" style={{ ...cell, width: "3.5em", fontSize: token.fontSizeSM, color: token.colorTextSecondary, fontWeight: 400 }}>{t(words.weekHead)}</th>
          {heads.map((h, i) => <th key={h[1]} scope="col" abbr={t(longHeads[i] ?? h)} style={{ ...cell, padding: 8, textAlign: "start" }}>{t(h)}</th>)}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]}>
            <th scope="row" style={{ ...cell, fontSize: token.fontSizeSM, color: token.colorTextSecondary, fontWeight: 400 }}><span aria-hidden className="numbers">{numberOf(week[0] ?? day)}</span><span className="unseen">{t(words.weekNumber, numberOf(week[0] ?? day))}</span></th>
            {week.map((d) => (
              <td key={d} style={{ ...cell, height: whole ? 240 : 116, background: kindOf(d).workday ? undefined : token.colorFillTertiary, ...(d === day && { boxShadow: `inset 0 0 0 2px ${token.colorPrimary}` }) }}>
                <Head day={d} chosen={d === day} today={d === today} kind={kindOf(d)} n={entries.get(d)?.length ?? 0} outside={!whole && d.slice(0, 7) !== day.slice(0, 7)} onOpen={() => onOpen(d)} />
                <Flex vertical gap={2}>
                  {(entries.get(d) ?? []).slice(0, whole ? undefined : lines).map((e) => <Line key={e.key} of={e} whole={whole} />)}
                  {!whole && (entries.get(d)?.length ?? 0) > lines && <Button type="link" size="small" style={{ padding: 0, height: 24, alignSelf: "start" }} onClick={() => onOpen(d)}>{t(words.more, (entries.get(d)?.length ?? 0) - lines)}</Button>}
                </Flex>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface HeadProps {
  day: string;
  chosen: boolean;
  today: boolean;
  kind: Kind;
  n: number;
  outside: boolean; // of the month
  onOpen: () => void;
}

function Head({ day, chosen, today, kind, n, outside, onOpen }: HeadProps) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const mark = kind.named ? t(kind.workday ? words.workShort : words.offShort) : "";
  const parts = [
    dateOf(day, language), ...(today ? [t(words.today)] : []), ...(kind.name ? [kind.name] : []), ...(kind.named ? [t(kind.workday ? words.work : words.holiday)] : kind.workday ? [] : [t(words.off)]),
    n > 0 ? t(words.entries, n) : t(words.noEntries),
  ];
  const colour = today ? token.colorTextLightSolid : outside ? token.colorTextSecondary : token.colorText;
  return (
    <Flex justify="space-between" align="center" gap={4} style={{ marginBlockEnd: 4 }}>
      <button
        type="button"
        data-day={day}
        tabIndex={chosen ? 0 : -1}
        aria-label={told(parts, language)}
        aria-current={today ? "date" : undefined}
        onClick={onOpen}
        className="numbers"
        style={{ minWidth: 28, height: 28, padding: "0 4px", border: 0, borderRadius: token.borderRadius, cursor: "pointer", font: "inherit", background: today ? token.colorPrimary : "transparent", color: colour, fontWeight: today || chosen ? 650 : 400 }}
      >
        {Number(day.slice(8))}
      </button>
      {mark && (
        <Typography.Text title={kind.source && t(words.source, kind.source)} style={{ fontSize: token.fontSizeSM, color: kind.workday ? token.colorText : token.colorError, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }} aria-hidden>
          {kind.workday ? mark : kind.name || mark}
        </Typography.Text>
      )}
    </Flex>
  );
}
