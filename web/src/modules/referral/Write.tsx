import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Card, Flex, Typography } from "antd";
import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import type { Resource } from "../../api/fhir";
import { Problem } from "../../api/http";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { draftOf, dropDraft, keepDraft } from "../../parts/form/draft";
import { FieldInput } from "../../parts/form/FieldInput";
import { type Refused, refusedOf } from "../../parts/form/refused";
import { fieldsOf } from "../../parts/form/schema";
import { sentOf, textOf, type Typed, type Values, wrongIn } from "../../parts/form/values";
import { Loading } from "../../parts/Loading";
import { toast } from "../../plain/toasts";
import { told } from "../../parts/told";
import { type Case, type Possible, schemaOf, type Task, useCase, useTask } from "../cases/cases";
import { draftName } from "../cases/MovePanel";
import { useMove } from "../cases/moving";
import { Banner } from "../residents/Banner";
import { wayOf } from "./agreements";
import { Attach } from "./Attach";
import { attachable } from "./attach";
import { batch } from "./batch";
import { Days } from "./Days";
import { Departments } from "./Departments";
import { keptOf, useRecords } from "./kept";
import { prefillOf } from "./prefill";
import { words } from "./words";

const shown = 60; // of each type, the newest

/** What of a resident's record a letter may take along. */
function useAttachable(resident: string | undefined) {
  const urls = attachable.map((type) => `${type}?patient=${resident ?? ""}&_count=${shown}${type === "AllergyIntolerance" || type === "Condition" ? "" : `&_sort=${type === "MedicationRequest" ? "-authoredon" : type === "MedicationStatement" ? "-effective" : type === "ImagingStudy" ? "-started" : "-date"}`}`);
  return useQuery({
    queryKey: ["residents", "attachable", resident],
    queryFn: async ({ signal }) => (await batch(urls, signal)).flat().filter((r) => attachable.includes(r.resourceType)),
    enabled: Boolean(resident),
  });
}

/** Writes the letter of a referral: where it leads, what it says, what it takes along. */
export default function Write() {
  const t = useSay();
  const { id = "" } = useParams();
  const found = useCase(id);
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
  return (
    <Flex vertical gap="middle">
      {back}
      {resident && <Banner patient={resident} known={undefined} allergies={all.data?.filter((r) => r.resourceType === "AllergyIntolerance")} />}
      <Letter key={id} id={id} found={found.data} move={move} task={it} focus={focus} all={all.data ?? []} before={records.data?.get(kept.letter)} />
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

const listOf = (value: Typed | undefined): string[] => (Array.isArray(value) ? value.map(textOf).filter(Boolean) : []);

function Letter({ id, found, move, task, focus, all, before }: LetterProps) {
  const t = useSay();
  const { language, person } = useWho();
  const go = useNavigate();
  const moving = useMove(id, found.version);
  const way = wayOf(found.place.process) ?? "up";
  const fields = useMemo(() => fieldsOf(schemaOf(move), language), [move, language]);
  const name = draftName(id, move, person);
  const [restored] = useState(() => draftOf(name));
  const fresh = () => prefillOf(way, keptOf(task), focus, all, before, new Date(), language);
  const [values, setValues] = useState<Values>(() => ({ ...fresh(), ...restored }));
  const [drafted, draft] = useState(Boolean(restored));
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [tries, setTries] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const sent = useMemo(() => sentOf(fields, values), [fields, values]);
  const refused = useMemo<Refused>(() => {
    if (moving.error instanceof Problem) return refusedOf(moving.error, fields, sent.places, language);
    return { fields: {}, rest: moving.error ? [told(moving.error, language)] : [] };
  }, [moving.error, fields, sent, language]);
  const marked = { ...refused.fields, ...wrong };
  const count = Object.keys(marked).length;
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid="true"] input')?.focus();
  }, [tries]);
  const put = (field: string, value: Typed) => {
    const next = { ...values, [field]: value };
    setValues(next);
    setWrong({});
    keepDraft(name, next);
  };
  const discard = () => {
    setValues(fresh());
    dropDraft(name);
    draft(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (moving.isPending) return;
    const now = wrongIn(fields, values, language);
    setWrong(now);
    if (Object.keys(now).length > 0) return setTries(tries + 1);
    moving.mutate({ move, with: sent.parameters }, {
      onSuccess: () => {
        dropDraft(name);
        toast("success", t(words.written));
        void go(`/cases/${id}`, { replace: true });
      },
      onError: () => setTries(tries + 1),
    });
  };
  const of = (field: string) => marked[field] ?? Object.entries(marked).find(([path]) => path.startsWith(`${field}.`))?.[1] ?? "";
  return (
    <Card>
      <Typography.Title level={1} style={{ marginTop: 0 }}>{t(way === "up" ? words.writeUp : words.writeDown)}</Typography.Title>
      <form ref={form} onSubmit={submit} noValidate autoComplete="off">
        <Flex vertical gap="large" style={{ maxWidth: 880 }}>
          {drafted && <Alert type="info" showIcon role="status" title={t(words.drafted)} action={<Button size="small" onClick={discard}>{t(words.anew)}</Button>} />}
          {!drafted && <Typography.Text type="secondary">{t(before ? words.fromBefore : words.fromRecord)}</Typography.Text>}
          {refused.rest.map((text) => <Alert key={text} type="error" showIcon role="alert" title={text} />)}
          {count > 0 && <Alert type="error" showIcon role="alert" title={t(words.mend, count)} />}
          {fields.map((f) => {
            switch (f.name) {
              case "department":
                return <Departments key={f.name} way={way} green={task["priority"] === "stat"} value={textOf(values[f.name])} wrong={of(f.name)} onChange={(v) => put(f.name, v)} />;
              case "attached":
                return <Attach key={f.name} all={all} value={listOf(values[f.name])} onChange={(v) => put(f.name, v)} />;
              case "follow-up":
                return <Days key={f.name} value={listOf(values[f.name])} wrong={of(f.name)} onChange={(v) => put(f.name, v)} />;
              default:
                return <FieldInput key={f.name} field={f} path={f.name} value={values[f.name] ?? ""} wrong={marked} about={undefined} onChange={(v) => put(f.name, v)} />;
            }
          })}
          <Typography.Text type="secondary">{t(words.afterwards)}</Typography.Text>
          <Flex gap="small" wrap>
            <Button type="primary" htmlType="submit" loading={moving.isPending}>{t(words.submitLetter)}</Button>
            <Button disabled={moving.isPending} onClick={() => void go(`/cases/${id}`)}>{t(words.cancel)}</Button>
          </Flex>
        </Flex>
      </form>
    </Card>
  );
}
