import { Button, Checkbox, Flex, Input, Select, Typography } from "antd";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { useTimes } from "../../parts/times";
import { type Count, inWords, type Place, useBeginnings } from "./cases";
import { csv } from "../../parts/csv";
import { save } from "../../parts/save";
import type { View } from "./Inbox";
import { rowsOf } from "./rows";
import { words } from "./words";

interface InboxBarProps {
  view: View;
  counts: Count[];
  places: Place[];
  residents: Record<string, Resource>;
  filter: string;
  onFilter: (text: string) => void;
  onView: (next: Partial<View>) => void;
}

/** Narrows what an inbox shows: by kind of case with how many there are, late ones, text; and lets it be kept as a file. */
export function InboxBar({ view, counts, places, residents, filter, onFilter, onView }: InboxBarProps) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const beginnings = useBeginnings(counts.some((c) => !places.some((p) => p.process === c.process)));
  const called = (process: string) => {
    const place = places.find((p) => p.process === process);
    return place ? inWords(place, "process", language) : (beginnings.data?.find((m) => m.process === process)?.[language === "en" ? "en" : "zh"] ?? process);
  };
  const [open, overdue] = [counts.reduce((n, c) => n + c.open, 0), counts.reduce((n, c) => n + c.overdue, 0)];
  const count = (name: string, all: number, late: number) => (late > 0 ? t(words.countsLate, name, all, late) : t(words.counts, name, all));
  const options = [{ value: "", label: count(t(words.all), open, overdue) }, ...counts.map((c) => ({ value: c.process, label: count(called(c.process), c.open, c.overdue) }))];
  const rows = rowsOf(places, residents, filter, view.sort, language);
  const keep = () => {
    const head = [words.process, words.state, words.resident, words.since, words.deadline, words.late].map((w) => t(w));
    const lines = rows.map(({ place, process, state, resident }) => [
      process, state, resident, place.since ? times.time(place.since) : "", place.deadline ? times.time(place.deadline) : "", place.late ? t(words.late) : "",
    ]);
    save(csv([head, ...lines]), "inbox.csv", "text/csv");
  };
  return (
    <Flex gap="small" wrap align="center" className="no-print">
      <Select virtual={false} aria-label={t(words.process)} style={{ minWidth: 240, flex: "0 1 auto" }} value={view.process} options={options} onChange={(process) => onView({ process })} />
      <Checkbox checked={view.late} onChange={(e) => onView({ late: e.target.checked })}>{t(words.lateOnly)}</Checkbox>
      <Input id="inbox-filter" type="search" allowClear style={{ flex: "0 1 220px" }} aria-label={t(words.filter)} placeholder={t(words.filter)} value={filter} onChange={(e) => onFilter(e.target.value)} />
      <Typography.Text type="secondary" role="status" style={{ marginInlineStart: "auto" }}>{t(words.shown, rows.length)}</Typography.Text>
      <Button disabled={rows.length === 0} onClick={keep}>{t(words.export)}</Button>
    </Flex>
  );
}
