import { Button, Flex, Tag, Typography } from "antd";
import { Link, useSearchParams } from "react-router";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { type Column, Rows } from "../../parts/Rows";
import { useTimes } from "../../parts/times";
import { codeOf } from "../../resource/codes";
import { dateOf, dayOf } from "../../words/dates";
import { callOf } from "../cases/cases";
import { type Board, nameOf, useBoard } from "./board";
import { type Listed, useListed, type Wanted, wantedOf } from "./listed";
import { words } from "./words";

const apart = ["emergency-review", "export"]; // that no process drives: the record shows them

/** The cases behind a number of the board. */
export default function Cases() {
  const t = useSay();
  const times = useTimes();
  const wanted = wantedOf(useSearchParams()[0]);
  const board = useBoard();
  const found = useListed(wanted, board.data?.state, dayOf(new Date().toISOString()));
  const says = useCalled(board.data);
  const all = found.data?.pages.flatMap((p) => p.cases) ?? [];
  const several = new Set(all.map((c) => c.institution)).size > 1;
  const over = all.some((c) => c.ended);
  const at = (text: string) => (text ? times.time(text) : "");
  const to = (c: Listed) => (apart.includes(c.process) ? `/record/Task/${c.id}` : `/cases/${c.id}`);
  const institution: Column<Listed> = { key: "institution", words: words.institution, few: true, text: (c) => says.institution(c.institution) };
  const due: Column<Listed> = { key: "due", words: words.deadline, text: (c) => at(c.due), order: (c) => c.due || "9999", show: (c) => <Until due={c.due} /> };
  const ended: Column<Listed> = { key: "ended", words: words.endedAt, numbers: true, text: (c) => at(c.ended), order: (c) => c.ended, show: (c) => at(c.ended) || t(words.none) };
  const columns: Column<Listed>[] = [
    { key: "process", words: words.process, few: true, text: (c) => says.process(c.process), show: (c) => <Link to={to(c)}>{says.process(c.process)}</Link> },
    { key: "state", words: words.state, few: true, text: says.state },
    ...(several ? [institution] : []),
    { key: "begun", words: words.begunAt, numbers: true, text: (c) => at(c.begun), order: (c) => c.begun },
    over ? ended : due,
  ];
  const filed = [...(several ? [] : [institution]), over ? due : ended];
  const error = board.error ?? found.error;
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.cases)}</Typography.Title>
        <Link to="/" className="no-print">{t(words.back)}</Link>
      </Flex>
      <Flex wrap gap="small" role="group" aria-label={t(words.which)}>{says.criteria(wanted).map((c) => <Tag key={c} variant="outlined" style={{ margin: 0 }}>{c}</Tag>)}</Flex>
      {error && <Failed error={error} again={() => void (board.error ? board.refetch() : found.refetch())} />}
      {!error && found.isPending && <Loading rows={8} />}
      {found.data && <Rows name="cases" label={t(words.cases)} columns={columns} filed={filed} rows={all} rowKey={(c) => c.id} empty={<Empty title={t(words.noCases)} why={t(words.noCasesWhy)} />} />}
      {found.hasNextPage && <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage} className="no-print">{t(words.more)}</Button>}
    </Flex>
  );
}

function Until({ due }: { due: string }) {
  const t = useSay();
  const times = useTimes();
  if (!due) return <Typography.Text type="secondary">{t(words.noDeadline)}</Typography.Text>;
  const late = Date.parse(due) <= Date.now();
  return <Flex gap="small" align="center" wrap className="numbers">{times.time(due)}{late ? <Tag color="error" variant="solid">{times.left(due)}</Tag> : <Typography.Text type="secondary">{times.left(due)}</Typography.Text>}</Flex>;
}

/** Says codes in words, as far as the board knows them. */
function useCalled(board: Board | undefined) {
  const t = useSay();
  const { language } = useWho();
  const process = (code: string) => {
    const known = board?.process.find((p) => p.process === code);
    return known ? callOf(known, language) : code;
  };
  const institution = (who: string) => board?.institution.find((i) => i.institution === who)?.called ?? (who ? t(words.unnamed) : "");
  const stateOf = (name: string) => board?.state.find((s) => nameOf(s) === name);
  const state = (c: Listed) => {
    const known = stateOf(nameOf(c));
    return known ? callOf(known, language) : c.stateZh || codeOf(c.state, language);
  };
  const criteria = (w: Wanted): string[] => {
    const day = (text: string) => dateOf(text, language);
    const due = w.due === "late" ? t(words.lateOnly) : w.due === "today" ? t(words.todayOnly) : w.due ? t(words.dueOn, day(w.due)) : "";
    const ended = w.ended?.endsWith("+") ? t(words.endedSince, day(w.ended.slice(0, -1))) : w.ended ? t(words.endedOn, day(w.ended)) : "";
    const states = (w.state ?? []).map((name) => {
      const known = stateOf(name);
      return known ? callOf(known, language) : name;
    });
    const all = [w.process ? process(w.process) : "", ...states, w.institution ? institution(w.institution) : "", due, w.begun ? t(words.begunOn, day(w.begun)) : "", ended];
    if (!due && !ended && !w.begun && states.length === 0) all.push(t(words.openOnly));
    return all.filter(Boolean);
  };
  return { process, institution, state, criteria };
}
