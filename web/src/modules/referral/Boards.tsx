import { Alert, Button, Card, Checkbox, Flex, Progress, Segmented, Select, Tag, theme, Typography } from "antd";
import { Link, useSearchParams } from "react-router";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { type Column, Rows } from "../../parts/Rows";
import { useTimes } from "../../parts/times";
import type { Text } from "../../words";
import { callOf, idOf } from "../cases/cases";
import { fullnessOf } from "./figures";
import { type Board, queryOf, useBoard, type Waiting, type Wanted, wantedOf } from "./ops";
import { boards as words, words as letters } from "./words";

/** The referrals of an institution, as its office sees them: those that it sends, those that it is asked to take. */
export default function Boards() {
  const t = useSay();
  const [query, setQuery] = useSearchParams();
  const wanted = wantedOf(query);
  const found = useBoard(wanted);
  const want = (more: Partial<Wanted>) => setQuery(queryOf({ ...wanted, ...more }), { replace: true });
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <Flex gap="small" wrap align="center" className="no-print">
          <Link to="/referrals/statistics">{t(words.statistics)}</Link>
          <Link to="/alliance/departments">{t(words.perDay)}</Link>
          <Button onClick={() => void found.refetch()} loading={found.isRefetching}>{t(words.refresh)}</Button>
        </Flex>
      </Flex>
      <div>
        <Segmented<Wanted["side"]>
          aria-label={t(words.side)}
          value={wanted.side}
          options={[{ value: "receiving", label: t(words.received) }, { value: "sending", label: t(words.sent) }]}
          onChange={(side) => want({ side, state: "", department: "", late: false })}
        />
      </div>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={8} />}
      {found.data && (
        <>
          {!found.data.whole && <Alert type="info" showIcon title={t(words.partly)} />}
          <States board={found.data} wanted={wanted} want={want} />
          <Departments board={found.data} wanted={wanted} want={want} />
          <List board={found.data} wanted={wanted} want={want} />
        </>
      )}
    </Flex>
  );
}

interface OfBoard {
  board: Board;
  wanted: Wanted;
  want: (more: Partial<Wanted>) => void;
}

/** How many wait in each state; a number shows those. */
function States({ board, wanted, want }: OfBoard) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  if (board.state.length === 0) return null;
  return (
    <div
      role="group"
      aria-label={t(words.byState)}
      style={{ display: "grid", gap: 12, gridTemplateColumns: `repeat(auto-fill, minmax(min(100%, ${token.fontSize * 10}px), 1fr))` }}
    >
      {board.state.map((s) => {
        const is = wanted.state === s.state;
        return (
          <button
            key={s.state}
            type="button"
            className="card small"
            aria-pressed={is}
            onClick={() => want({ state: is ? "" : s.state })}
            style={{
              font: "inherit", textAlign: "start", cursor: "pointer",
              ...(is && { borderColor: token.colorPrimary, background: token.colorInfoBg }),
            }}
          >
            <span style={{ color: token.colorTextSecondary }}>{callOf(s, language)}</span>
            <span className="line">
              <span className="big numbers">{s.waiting}</span>
              {s.overdue > 0 && <span className="tag bad">{t(words.lateCount, s.overdue)}</span>}
            </span>
          </button>
        );
      })}
    </div>
  );
}

/** How the departments are taken up. */
function Departments({ board, wanted, want }: OfBoard) {
  const t = useSay();
  type Row = Board["department"][number];
  if (board.department.length === 0) return null;
  const count = (key: "waiting" | "overdue" | "scheduled", text: Text): Column<Row> =>
    ({ key, words: text, numbers: true, text: (d) => String(d[key]), order: (d) => d[key] });
  const called = (d: Row) => d.department.display || t(words.unnamed);
  const columns: Column<Row>[] = [
    {
      key: "department", words: words.department, text: called,
      show: (d) => (
        <Button type="link" size="small" style={{ paddingInline: 0 }} onClick={() => want({ department: d.department.reference })}>
          {called(d)}
        </Button>
      ),
    },
    count("waiting", words.waiting),
    { ...count("overdue", words.overdue), show: (d) => (d.overdue > 0 ? <Tag color="error" variant="solid">{d.overdue}</Tag> : d.overdue) },
    count("scheduled", words.scheduled),
    {
      key: "today", words: words.today,
      text: (d) => (d.capacity === undefined ? String(d.today) : t(words.ofCapacity, d.today, d.capacity)), order: (d) => d.today,
      show: (d) => <Fullness today={d.today} capacity={d.capacity} />,
    },
  ];
  return (
    <Part title={t(words.departments)}>
      {wanted.department && (
        <Flex style={{ marginBlockEnd: 8 }}>
          <Tag closable={{ "aria-label": t(words.allDepartments) }} onClose={() => want({ department: "" })}>
            {board.department.find((d) => d.department.reference === wanted.department)?.department.display ?? t(words.department)}
          </Tag>
        </Flex>
      )}
      <Rows
        name="referral.departments"
        label={t(words.departments)}
        columns={columns}
        rows={board.department}
        rowKey={(d) => d.department.reference}
        page={10}
        empty={null}
      />
    </Part>
  );
}

function Fullness({ today, capacity }: { today: number; capacity: number | undefined }) {
  const t = useSay();
  const full = fullnessOf(today, capacity);
  if (full === undefined) return <span className="numbers">{today}</span>;
  return (
    <Flex gap="small" align="center" style={{ minWidth: 140 }}>
      <Progress
        percent={Math.min(full, 100)}
        showInfo={false}
        size="small"
        status={full > 100 ? "exception" : "normal"}
        aria-hidden
        style={{ flex: 1, margin: 0 }}
      />
      <span className="numbers">{t(words.ofCapacity, today, capacity ?? 0)}</span>
    </Flex>
  );
}

const urgencies: Record<string, Text> = { urgent: letters.urgent, stat: letters.green };

const urgencyOf = (c: Waiting): Text => urgencies[c.urgency ?? ""] ?? letters.routine;

/** The referrals themselves, those due first. */
function List({ board, wanted, want }: OfBoard) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const time = (at: string | undefined) => (at ? times.time(at) : "");
  const columns: Column<Waiting>[] = [
    {
      key: "state", words: words.state, few: true, text: (c) => callOf(c, language),
      show: (c) => <Link to={`/cases/${idOf(c.case)}`}>{callOf(c, language)}</Link>,
    },
    { key: "direction", words: words.direction, few: true, text: (c) => t(c.direction === "up" ? words.up : words.down) },
    { key: "resident", words: words.resident, text: (c) => c.resident?.display || t(words.hidden) },
    {
      key: "urgency", words: words.urgency, few: true,
      text: (c) => t(urgencyOf(c)),
      show: (c) => (c.urgency === "stat" ? <Tag color="error" variant="outlined">{t(urgencyOf(c))}</Tag> : t(urgencyOf(c))),
    },
    { key: "department", words: words.department, few: true, text: (c) => c.department?.display ?? "" },
    { key: "from", words: words.from, few: true, text: (c) => c.from?.display ?? "" },
    { key: "due", words: words.due, text: (c) => time(c.due), order: (c) => c.due ?? "9999", show: (c) => <Due at={c.due} /> },
    { key: "time", words: words.time, numbers: true, text: (c) => time(c.time), order: (c) => c.time ?? "9999" },
  ];
  const departments = board.department.map((d) => ({ value: d.department.reference, label: d.department.display || t(words.unnamed) }));
  const filters = (
    <Flex gap="small" wrap align="center">
      {departments.length > 1 && (
        <Select
          virtual={false}
          aria-label={t(words.department)}
          style={{ minWidth: 160, maxWidth: "100%" }}
          value={wanted.department}
          onChange={(department: string) => want({ department })}
          options={[{ value: "", label: t(words.allDepartments) }, ...departments]}
        />
      )}
      <Checkbox checked={wanted.late} onChange={(e) => want({ late: e.target.checked })}>{t(words.lateOnly)}</Checkbox>
    </Flex>
  );
  const none = wanted.late || wanted.state || wanted.department
    ? (
      <Empty title={t(words.noneFits)}>
        <Button onClick={() => want({ late: false, state: "", department: "" })}>{t(words.showAll)}</Button>
      </Empty>
    )
    : <Empty title={t(wanted.side === "sending" ? words.noneSent : words.noneReceived)} why={t(words.noneWhy)} />;
  return (
    <Card>
      <Typography.Title level={2} style={{ marginBlockStart: 0 }}>{t(words.list)}</Typography.Title>
      <Rows
        name="referral.board"
        label={t(words.list)}
        columns={columns}
        rows={board.case}
        rowKey={(c) => c.case}
        page={25}
        bar={filters}
        empty={none}
      />
    </Card>
  );
}

function Due({ at }: { at: string | undefined }) {
  const t = useSay();
  const times = useTimes();
  if (!at) return <Typography.Text type="secondary">{t(words.none)}</Typography.Text>;
  return (
    <span className="numbers" title={times.time(at)}>
      {Date.parse(at) <= Date.now() ? <Tag color="error" variant="solid">{times.left(at)}</Tag> : times.left(at)}
    </span>
  );
}
