import { Card, Flex, Typography } from "antd";
import { useMemo, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { dropDraft } from "../../parts/form/draft";
import { sentOf } from "../../parts/form/values";
import { Loading } from "../../parts/Loading";
import { toast } from "../../plain/toasts";
import { type Case, type Possible, type Task, useCase, useTask } from "../cases/cases";
import { draftName } from "../cases/MovePanel";
import { useMove } from "../cases/moving";
import { Banner } from "../residents/Banner";
import { useAgreements, wayOf } from "./agreements";
import { useAttachable } from "./attachable";
import { letterFields } from "./fields";
import { keptOf, useRecords } from "./kept";
import { LetterForm, useTyped } from "./LetterForm";
import { prefillOf } from "./prefill";
import { words } from "./words";

/** Writes the letter of a referral that has begun: where it leads, what it says, what it takes along. */
export default function Write() {
  const t = useSay();
  const { id = "" } = useParams();
  const { language } = useWho();
  const found = useCase(id);
  useAgreements(language); // among which the department is chosen: it is there when the form is
  const task = useTask(id, found.data?.place.resident, found.isSuccess);
  const all = useAttachable(found.data?.place.resident);
  const kept = useMemo(() => keptOf(task.data?.task), [task.data]);
  const records = useRecords(kept, found.data?.place.resident);
  const possible = found.data?.move.find((m) => m.code === "refer");
  const [move, hold] = useState<Possible>(); // which stays while it is sent
  if (possible && possible !== move) hold(possible);
  const back = <Link to={`/cases/${id}`}>{t(words.backToCase)}</Link>;
  const [first, ...others] = [found, task, all, records].filter((q) => q.error && !q.data);
  if (first?.error) return <Failed error={first.error} again={() => void Promise.all([first, ...others].map((q) => q.refetch()))} />;
  if (found.isPending || task.isPending || all.isLoading || records.isLoading) return <Loading rows={10} />;
  if (!move || !found.data || !task.data?.task) return <Empty title={t(words.notNow)}>{back}</Empty>;
  const { task: it, focus, resident } = task.data;
  const allergies = all.data?.filter((r) => r.resourceType === "AllergyIntolerance");
  return (
    <Flex vertical gap="middle">
      {back}
      {resident && <Banner patient={resident} known={undefined} allergies={allergies} />}
      <Letter
        key={id}
        id={id}
        found={found.data}
        move={move}
        task={it}
        focus={focus}
        all={all.data ?? []}
        before={records.data?.get(kept.letter)}
      />
    </Flex>
  );
}

interface LetterProps {
  id: string;
  found: Case;
  move: Possible;
  task: Task;
  focus: Resource | undefined;
  all: Resource[];
  before: Resource | undefined; // the letter that was returned
}

function Letter({ id, found, move, task, focus, all, before }: LetterProps) {
  const t = useSay();
  const { language, person } = useWho();
  const go = useNavigate();
  const moving = useMove(id, found.version);
  const way = wayOf(found.place.process) ?? "up";
  const name = draftName(id, move, person);
  const form = useTyped(name);
  const fields = useMemo(() => letterFields(way, language), [way, language]);
  const fresh = useMemo(
    () => prefillOf(way, keptOf(task), focus, all, before, new Date(), language), [way, task, focus, all, before, language],
  );
  const values = useMemo(() => ({ ...fresh, ...form.typed }), [fresh, form.typed]);
  const send = () =>
    moving.mutate({ move, with: sentOf(fields, values).parameters }, {
      onSuccess: () => {
        dropDraft(name);
        toast("success", t(words.written));
        void go(`/cases/${id}`, { replace: true });
      },
    });
  return (
    <Card>
      <Typography.Title level={1} style={{ marginTop: 0 }}>{t(way === "up" ? words.writeUp : words.writeDown)}</Typography.Title>
      <LetterForm
        way={way}
        green={task["priority"] === "stat"}
        form={form}
        values={values}
        fields={fields}
        sent={fields}
        all={all}
        said={t(before ? words.fromBefore : words.fromRecord)}
        after={t(words.afterwards)}
        send={t(words.submitLetter)}
        busy={moving.isPending}
        error={moving.error}
        onSend={send}
        onCancel={() => void go(`/cases/${id}`)}
      />
    </Card>
  );
}
