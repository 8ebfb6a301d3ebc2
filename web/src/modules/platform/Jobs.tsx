import { App, Button, Flex, Segmented, Select, Typography } from "antd";
import { useState } from "react";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { type Column, Rows } from "../../parts/Rows";
import { useTimes } from "../../parts/times";
import { told } from "../../parts/told";
import { toast } from "../../plain/toasts";
import { Mark, type Tone } from "./Mark";
import { countOf, type Job, type JobState, jobStates, type Pile, useAgain, useJobs, type Wanted } from "./platform";
import { jobWords, words } from "./words";

const tones: Record<JobState, Tone> = { dead: "bad", retrying: "watch", running: "quiet", waiting: "quiet", done: "good" };

/** The queue of jobs: those of a state and a kind; what is given up can be run again. */
export default function Jobs() {
  const t = useSay();
  const [wanted, want] = useState<Wanted>({ state: "", kind: "" });
  const query = useJobs(wanted);
  const piles = query.data?.pages[0]?.pile ?? [];
  const jobs = (query.data?.pages ?? []).flatMap((p) => p.job);
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.jobs)}</Typography.Title>
        <Button className="no-print" onClick={() => void query.refetch()} loading={query.isRefetching}>{t(words.refresh)}</Button>
      </Flex>
      <Typography.Text type="secondary">{t(words.jobsWhy)}</Typography.Text>
      <Which wanted={wanted} piles={piles} onChange={want} />
      {query.error && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.isPending && <Loading rows={6} />}
      {query.data && jobs.length === 0 && (
        <Empty title={t(words.noJobs)} why={t(wanted.state || wanted.kind ? words.noJobsFit : words.noJobsWhy)} />
      )}
      {jobs.length > 0 && <JobTable jobs={jobs} />}
      {query.hasNextPage && <Button onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>{t(words.more)}</Button>}
    </Flex>
  );
}

/** Chooses jobs by state and kind, with how many there are. */
function Which({ wanted, piles, onChange }: { wanted: Wanted; piles: Pile[]; onChange: (wanted: Wanted) => void }) {
  const t = useSay();
  const open = piles.reduce((n, p) => n + p.count, 0);
  const label = (state: JobState) => (state === "done" ? t(jobWords.done) : t(words.counted, t(jobWords[state]), countOf(piles, state)));
  const kinds = [...new Set([...piles.map((p) => p.kind), ...(wanted.kind ? [wanted.kind] : [])])].sort();
  return (
    <Flex gap="small" wrap align="center" className="no-print">
      <div role="group" aria-label={t(words.showState)} style={{ overflowX: "auto", maxWidth: "100%" }}>
        <Segmented<JobState | "">
          value={wanted.state}
          onChange={(state) => onChange({ ...wanted, state })}
          options={[
            { value: "", label: t(words.counted, t(words.open), open) },
            ...jobStates.map((value) => ({ value, label: label(value) })),
          ]}
        />
      </div>
      <Select
        virtual={false}
        aria-label={t(words.kind)}
        style={{ minWidth: 220, flex: "0 1 auto" }}
        value={wanted.kind}
        onChange={(kind) => onChange({ ...wanted, kind })}
        options={[{ value: "", label: t(words.anyKind) }, ...kinds.map((value) => ({ value, label: value }))]}
      />
    </Flex>
  );
}

function JobTable({ jobs }: { jobs: Job[] }) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const { modal } = App.useApp();
  const again = useAgain();
  const ask = (number: string) =>
    void modal.confirm({
      title: t(words.againAsk, number),
      content: t(words.againWhy),
      okText: t(words.again),
      cancelText: t(words.cancel),
      onOk: () =>
        again.mutateAsync(number).then(
          (is) => void (is ? toast("success", t(words.againDone, number)) : toast("info", t(words.againNot, number))),
          (error: Error) => toast("error", told(error, language)),
        ),
    });
  const columns: Column<Job>[] = [
    { key: "number", words: words.number, numbers: true, text: (j) => j.number, order: (j) => Number(j.number) || j.number },
    { key: "kind", words: words.kind, text: (j) => j.kind },
    { key: "state", words: words.state, text: (j) => t(jobWords[j.state]), show: (j) => <Mark tone={tones[j.state]}>{t(jobWords[j.state])}</Mark> },
    { key: "attempts", words: words.attempts, numbers: true, text: (j) => t(words.ofAttempts, j.attempt, j.attempts), order: (j) => j.attempt },
    { key: "due", words: words.due, numbers: true, text: (j) => (j.state === "dead" || j.state === "done" ? "—" : times.time(j.due)), order: (j) => j.due },
    { key: "error", words: words.error, long: true, text: (j) => j.error ?? "", show: (j) => (j.error ? <span lang="en">{j.error}</span> : <Typography.Text type="secondary">{t(words.noError)}</Typography.Text>) },
    {
      key: "do", words: words.doing, acts: true, text: () => "",
      show: (j) => j.state === "dead" && <Button size="small" aria-label={t(words.againOf, j.number)} onClick={() => ask(j.number)}>{t(words.again)}</Button>,
    },
  ];
  return <Rows name="jobs" label={t(words.jobs)} columns={columns} rows={jobs} rowKey={(j) => j.number} empty={null} />;
}
