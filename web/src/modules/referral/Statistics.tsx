import { Alert, Button, Card, Flex, Input, theme, Typography } from "antd";
import { Link, useSearchParams } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { type Column, Rows } from "../../parts/Rows";
import { useTimes } from "../../parts/times";
import type { Text } from "../../words";
import { dayAt } from "../../words/dates";
import { spent } from "../board/board";
import { dayAfter, isDay } from "../calendar/days";
import { callOf } from "../cases/cases";
import { isTime, listOf, shareOf } from "./figures";
import { type Figure, type Statistics as Told, useStatistics } from "./ops";
import { boards as words } from "./words";

const usual = 90; // days

/** What became of referrals: figures that open to their cases, the time of each step, and the institutions beside each other. */
export default function Statistics() {
  const t = useSay();
  const times = useTimes();
  const { role } = useActing();
  const [query, setQuery] = useSearchParams();
  const today = dayAt(new Date());
  const day = (name: string, otherwise: string) => (isDay(query.get(name) ?? "") ? (query.get(name) ?? "") : otherwise);
  const [since, until] = [day("since", dayAfter(today, -usual)), day("until", today)];
  const institution = query.get("institution") ?? "";
  const found = useStatistics(since, until, institution);
  const want = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    if (value) next.set(name, value);
    else next.delete(name);
    setQuery(next, { replace: true });
  };
  const only = found.data?.institution.find((i) => i.institution.reference === institution)?.institution.display;
  const field = (name: "since" | "until", value: string) => (
    <label>
      {t(words[name])}
      {" "}
      <Input
        type="date"
        value={value}
        max={today}
        style={{ width: "auto" }}
        onChange={(e) => isDay(e.target.value) && want(name, e.target.value)}
      />
    </label>
  );
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.statistics)}</Typography.Title>
        {role === "office" && <Link to="/referrals" className="no-print">{t(words.title)}</Link>}
      </Flex>
      <Flex gap="8px 16px" wrap align="center">
        {field("since", since)}
        {field("until", until)}
        {institution && <Button onClick={() => want("institution", "")}>{t(words.allInstitutions, only ?? "")}</Button>}
      </Flex>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={8} />}
      {found.data && !found.data.figure.some((f) => f.count > 0) && <Empty title={t(words.nothing)} why={t(words.nothingWhy)} />}
      {found.data?.figure.some((f) => f.count > 0) && (
        <>
          {!found.data.whole && <Alert type="info" showIcon title={t(words.partly)} />}
          <Figures all={found.data.figure.filter((f) => !isTime(f))} />
          <Steps all={found.data.figure.filter(isTime)} />
          {found.data.institution.length > 0 && (
            <Institutions of={found.data} want={role === "regulator" ? (i) => want("institution", i) : undefined} />
          )}
          <Typography.Text type="secondary">{t(words.counted, times.time(found.data.at))}</Typography.Text>
        </>
      )}
    </Flex>
  );
}

/** Numbers with the share that they are, each leading to its cases. */
function Figures({ all }: { all: Figure[] }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  return (
    <nav
      aria-label={t(words.figures)}
      style={{ display: "grid", gap: 12, gridTemplateColumns: `repeat(auto-fill, minmax(min(100%, ${token.fontSize * 12}px), 1fr))` }}
    >
      {all.map((f) => {
        const to = listOf(f);
        const share = shareOf(f.count, f.of);
        const inside = (
          <Card size="small" hoverable={Boolean(to)} style={{ height: "100%" }}>
            <Typography.Text type="secondary">{callOf(f, language)}</Typography.Text>
            <div className="numbers" style={{ fontSize: token.fontSizeHeading2, fontWeight: 650, lineHeight: 1.3 }}>{share || f.count}</div>
            {share && <Typography.Text type="secondary" className="numbers">{t(words.ofAll, f.count, f.of ?? 0)}</Typography.Text>}
          </Card>
        );
        return to ? <Link key={f.code} to={to}>{inside}</Link> : <div key={f.code}>{inside}</div>;
      })}
    </nav>
  );
}

/** How long the steps take. */
function Steps({ all }: { all: Figure[] }) {
  const t = useSay();
  const { language } = useWho();
  const columns: Column<Figure>[] = [
    { key: "step", words: words.step, text: (f) => callOf(f, language) },
    { key: "time", words: words.took, numbers: true, text: (f) => spent(f.minutes, language), order: (f) => f.minutes ?? -1 },
    {
      key: "count", words: words.cases, numbers: true, text: (f) => String(f.count), order: (f) => f.count,
      show: (f) => (listOf(f) ? <Link to={listOf(f)}>{f.count}</Link> : f.count),
    },
  ];
  if (all.length === 0) return null;
  return (
    <Part title={t(words.steps)}>
      <Rows name="referral.steps" label={t(words.steps)} columns={columns} rows={all} rowKey={(f) => f.code} page={20} empty={null} />
    </Part>
  );
}

/** The institutions beside each other. */
function Institutions({ of, want }: { of: Told; want: ((institution: string) => void) | undefined }) {
  const t = useSay();
  const { language } = useWho();
  type Row = Told["institution"][number];
  const called = (i: Row) => i.institution.display || t(words.unnamed);
  const count = (key: "up" | "down" | "decided", text: Text): Column<Row> =>
    ({ key, words: text, numbers: true, text: (i) => String(i[key]), order: (i) => i[key] });
  const columns: Column<Row>[] = [
    {
      key: "institution", words: words.institution, text: called,
      show: (i) => (
        want
          ? <Button type="link" size="small" style={{ paddingInline: 0 }} onClick={() => want(i.institution.reference)}>{called(i)}</Button>
          : called(i)
      ),
    },
    count("up", words.up), count("down", words.down), count("decided", words.decided),
    {
      key: "accepted", words: words.accepted, numbers: true, text: (i) => shareOf(i.accepted, i.decided) || t(words.none),
      order: (i) => (i.decided ? i.accepted / i.decided : -1),
    },
    {
      key: "median", words: words.median, numbers: true, text: (i) => spent(i.minutes, language) || t(words.none),
      order: (i) => i.minutes ?? -1,
    },
  ];
  return (
    <Part title={t(words.byInstitution)}>
      <Rows
        name="referral.institutions"
        label={t(words.byInstitution)}
        columns={columns}
        rows={of.institution}
        rowKey={(i) => i.institution.reference}
        page={20}
        empty={null}
      />
    </Part>
  );
}
