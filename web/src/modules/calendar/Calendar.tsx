import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Grid, Select, Typography } from "antd";
import { useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useKeyboard, useKeys } from "../../app/keys/keyboard";
import type { Key } from "../../app/keys/typed";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { dateOf, datesOf, dayOf } from "../../words/dates";
import { type Scope, scopesOf, useInbox } from "../cases/cases";
import { Agenda } from "./Agenda";
import { most, useBookings, useWorkdays } from "./calendar";
import { daysOf, isDay, type Look, looks, monthOf, numberOf, rangeOf, stepped, weekOf } from "./days";
import { appointmentsOf, byDay, deadlinesOf, slotsOf } from "./entries";
import { Weeks } from "./Weeks";
import { listed } from "../../words/list";
import { words } from "./words";
import { kindsOf } from "./workdays";

const units = { month: words.unitMonth, week: words.unitWeek, day: words.unitDay };

const cases = 200; // whose deadlines are read at a time

/** What is due and booked when, over the days on which people work. */
export default function Calendar() {
  const t = useSay();
  const { language } = useWho();
  const acting = useActing();
  const wide = Grid.useBreakpoint().md ?? true;
  const [query, address] = useSearchParams();
  const today = dayOf(new Date().toISOString());
  const look = looks.find((l) => l === query.get("look")) ?? "month";
  const day = isDay(query.get("day") ?? "") ? (query.get("day") ?? today) : today;
  const scopes = scopesOf(acting);
  const [chosen, choose] = useState<Scope>(scopes[0] ?? "mine");
  const keysOn = useKeyboard().on;
  const [from, to] = rangeOf(look, day);
  const workdays = useWorkdays(from, to);
  const inbox = useInbox({ of: chosen, count: cases });
  const bookings = useBookings(chosen, from, to);

  const places = useMemo(() => (inbox.data?.pages ?? []).flatMap((p) => p.case), [inbox.data]);
  const entries = useMemo(
    () => byDay([...deadlinesOf(places, language), ...appointmentsOf(bookings.data?.appointments ?? [], language), ...slotsOf(bookings.data?.slots ?? [], language)]),
    [places, bookings.data, language],
  );
  const kindOf = useMemo(() => kindsOf(workdays.data, language), [workdays.data, language]);
  const show = (next: { look?: Look; day?: string }) => address({ look: next.look ?? look, day: next.day ?? day }, { replace: true });

  const keys = useMemo<Key[]>(() => {
    const to = (next: { look?: Look; day?: string }) => () => address({ look: next.look ?? look, day: next.day ?? day }, { replace: true });
    const unit = t(units[look]);
    return [
      { key: "ArrowLeft", shown: "←", called: t(words.before, unit), does: to({ day: stepped(look, day, -1) }) },
      { key: "ArrowRight", shown: "→", called: t(words.after, unit), does: to({ day: stepped(look, day, 1) }) },
      { key: "t", called: t(words.today), does: to({ day: today }) },
      ...looks.map((l) => ({ key: l.charAt(0), called: t(words[l]), does: to({ look: l }) })),
    ];
  }, [t, address, look, day, today]);
  useKeys(keys);

  const heading = headingOf(look, day, language) + (look === "week" ? ` · ${t(words.weekNumber, numberOf(day))}` : "");
  const late = places.filter((p) => p.late).length;
  const unknown = workdays.data?.unknown ?? [];
  const error = inbox.error ?? bookings.error ?? workdays.error;
  const again = () => void Promise.all([inbox.refetch(), workdays.refetch(), ...(bookings.error ? [bookings.refetch()] : [])]);
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <Flex gap="small" wrap align="center" className="no-print">
          <Whose scopes={scopes} of={chosen} onChoose={choose} />
          <Looks of={look} onChoose={(l) => show({ look: l })} />
        </Flex>
      </Flex>
      <Turn look={look} heading={heading} onStep={(by) => show({ day: stepped(look, day, by) })} onToday={() => show({ day: today })} />
      {error && <Failed error={error} again={again} />}
      {unknown.length > 0 && <Alert type="info" showIcon title={t(words.unknown, listed(unknown.map(String), language))} />}
      {bookings.data?.more && <Alert type="warning" showIcon title={t(words.cut, most)} />}
      {late > 0 && <Alert type="warning" showIcon title={t(words.late, late)} action={<Link to="/inbox">{t(words.openInbox)}</Link>} />}
      {inbox.isPending ? (
        <Loading rows={8} />
      ) : look === "day" || !wide ? (
        <Agenda days={look === "day" ? [day] : daysOf(from, to).filter((d) => look === "week" || d.startsWith(day.slice(0, 7)))} today={today} entries={entries} kindOf={kindOf} />
      ) : (
        <Weeks
          caption={`${t(words.title)} ${heading}`}
          weeks={look === "week" ? [weekOf(day)] : monthOf(day)}
          day={day}
          today={today}
          whole={look === "week"}
          entries={entries}
          kindOf={kindOf}
          onChoose={(d) => show({ day: d })}
          onOpen={(d) => show({ look: "day", day: d })}
        />
      )}
      {inbox.hasNextPage && (
        <Flex gap="small" align="center" wrap>
          <Typography.Text type="secondary">{t(words.older, places.length)}</Typography.Text>
          <Button loading={inbox.isFetchingNextPage} onClick={() => void inbox.fetchNextPage()}>{t(words.loadMore)}</Button>
        </Flex>
      )}
      {wide && keysOn && <Typography.Text type="secondary" className="no-print">{t(words.keys)}</Typography.Text>}
    </Flex>
  );
}

/** What the page is called that is shown. */
function headingOf(look: Look, day: string, language: ReturnType<typeof useWho>["language"]): string {
  if (look === "month") return dateOf(day.slice(0, 7), language);
  if (look === "day") return dateOf(day, language);
  const week = weekOf(day);
  return datesOf(week[0] ?? day, week[6] ?? day, language);
}

function Turn({ look, heading, onStep, onToday }: { look: Look; heading: string; onStep: (by: number) => void; onToday: () => void }) {
  const t = useSay();
  const unit = t(units[look]);
  return (
    <Flex gap="small" align="center" wrap>
      <Button className="no-print" icon={<LeftOutlined />} aria-label={t(words.before, unit)} aria-keyshortcuts="ArrowLeft" onClick={() => onStep(-1)} />
      <Button className="no-print" icon={<RightOutlined />} aria-label={t(words.after, unit)} aria-keyshortcuts="ArrowRight" onClick={() => onStep(1)} />
      <Button className="no-print" aria-keyshortcuts="t" onClick={onToday}>{t(words.today)}</Button>
      <Typography.Title level={2} style={{ margin: 0 }} className="numbers" aria-live="polite">{heading}</Typography.Title>
    </Flex>
  );
}

function Looks({ of, onChoose }: { of: Look; onChoose: (look: Look) => void }) {
  const t = useSay();
  return (
    <Flex role="group" aria-label={t(words.look)} gap={4}>
      {looks.map((l) => <Button key={l} aria-pressed={l === of} type={l === of ? "primary" : "default"} aria-keyshortcuts={l[0]} onClick={() => onChoose(l)}>{t(words[l])}</Button>)}
    </Flex>
  );
}

function Whose({ scopes, of, onChoose }: { scopes: Scope[]; of: Scope; onChoose: (of: Scope) => void }) {
  const t = useSay();
  const names = { mine: words.mine, office: words.office, role: words.role };
  const options = scopes.flatMap((s) => (s === "begun" ? [] : [{ value: s, label: t(names[s]) }]));
  return <Select<Scope> aria-label={t(words.whose)} value={of} onChange={onChoose} options={options} style={{ minWidth: 120 }} />;
}
