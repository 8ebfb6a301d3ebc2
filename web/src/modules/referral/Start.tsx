import { useQuery } from "@tanstack/react-query";
import { Card, Flex, Radio, Typography } from "antd";
import { useMemo, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { dropDraft, keepDraft } from "../../parts/form/draft";
import { sentOf, textOf, type Values } from "../../parts/form/values";
import { Loading } from "../../parts/Loading";
import { told } from "../../parts/told";
import { toast } from "../../plain/toasts";
import { dayAt } from "../../words/dates";
import { dayAfter } from "../calendar/days";
import { draftName } from "../cases/MovePanel";
import { Banner } from "../residents/Banner";
import { newestFirst } from "../residents/kinds";
import { hospitalsOf, useAgreements, type Way } from "./agreements";
import { nameOf, stands } from "./attach";
import { useAttachable } from "./attachable";
import { batch } from "./batch";
import { asSent, assessmentField, colleagueFields, courseField, letterFields, problemFields } from "./fields";
import { keptOf } from "./kept";
import { LetterForm, useTyped } from "./LetterForm";
import { prefillOf } from "./prefill";
import { useStart } from "./starting";
import { words } from "./words";

const visitsOf = 30; // days behind which a visit is no longer what one refers for

/** Whom one refers, and their visits of late. */
function usePatient(id: string) {
  return useQuery({
    queryKey: ["residents", "referred", id],
    queryFn: async ({ signal }) => {
      const since = dayAfter(dayAt(new Date()), -visitsOf);
      const asked = [`Patient?_id=${id}`, `Encounter?patient=Patient/${id}&date=ge${since}&_sort=-date&_count=20`];
      const [people = [], visits = []] = await batch(asked, signal);
      return { patient: people[0], visits: visits.filter((v) => v["status"] !== "cancelled") };
    },
    enabled: id !== "",
  });
}

/** Begins a referral from a resident's chart, with its letter. */
export default function Start() {
  const t = useSay();
  const { language } = useWho();
  const { id = "" } = useParams();
  const found = usePatient(id);
  const all = useAttachable(`Patient/${id}`);
  const agreements = useAgreements(language);
  const [wanted, want] = useState<Way>();
  const back = <Link to={`/residents/${id}`}>{t(words.backToChart)}</Link>;
  const failed = [found, all, agreements].find((q) => q.error);
  if (failed?.error) return <Failed error={failed.error} again={() => void failed.refetch()} />;
  if (found.isPending || all.isPending || agreements.isPending) return <Loading rows={8} />;
  const ways = (["up", "down"] as const).filter((way) => agreements.data && hospitalsOf(agreements.data, way, false).length > 0);
  const way = wanted ?? ways[0];
  const of = (type: string) => (all.data ?? []).filter((r) => r.resourceType === type && stands(r));
  const about = [...newestFirst(of("Condition")), ...(found.data?.visits ?? [])];
  return (
    <Flex vertical gap="middle">
      {back}
      {found.data?.patient && <Banner patient={found.data.patient} known={undefined} allergies={of("AllergyIntolerance")} linked />}
      {!way ? (
        <Empty title={t(words.noAgreement)} why={t(words.noneWhy)} />
      ) : about.length === 0 ? (
        <Empty title={t(words.noProblem)} why={t(words.noProblemWhy)} />
      ) : (
        <Card>
          <Typography.Title level={1} style={{ marginTop: 0 }}>{t(words.refer)}</Typography.Title>
          <Flex vertical gap="middle">
            {ways.length > 1 && (
              <Radio.Group
                optionType="button"
                buttonStyle="solid"
                aria-label={t(words.way)}
                value={way}
                onChange={(e) => want(e.target.value as Way)}
                options={ways.map((w) => ({ value: w, label: t(w === "up" ? words.up : words.down) }))}
              />
            )}
            <Filling key={way} id={id} way={way} about={about} all={all.data ?? []} />
          </Flex>
        </Card>
      )}
    </Flex>
  );
}

/** What is filled in: for what, how urgent, and the letter; or what a colleague is asked first. */
function Filling({ id, way, about, all }: { id: string; way: Way; about: Resource[]; all: Resource[] }) {
  const t = useSay();
  const { language, person } = useWho();
  const go = useNavigate();
  const start = useStart(way);
  const name = `${person ?? ""}:refer:${way}:${id}`;
  const form = useTyped(name);
  const chosen = textOf(form.typed["problem"]) || (about.length === 1 && about[0] ? nameOf(about[0]) : "");
  const asking = way === "up" && form.typed["course"] === "colleague";
  const fresh = useMemo(() => {
    const letter = prefillOf(way, keptOf(undefined), about.find((r) => nameOf(r) === chosen), all, undefined, new Date(), language);
    return { urgency: "routine", course: "letter", problem: chosen, ...letter };
  }, [way, about, chosen, all, language]);
  const values = useMemo<Values>(() => ({ ...fresh, ...form.typed }), [fresh, form.typed]);
  const problem = useMemo(() => problemFields(way, about, language), [way, about, language]);
  const said = useMemo(
    () => (way === "down" ? [assessmentField(language)] : asking ? colleagueFields(language) : []), [way, asking, language],
  );
  const begins = useMemo(() => [...problem.map(asSent), ...said], [problem, said]);
  const letter = useMemo(() => (asking ? [] : letterFields(way, language)), [asking, way, language]);
  const fields = [...problem, ...(way === "up" ? [courseField(language)] : []), ...said, ...letter];
  const send = () => {
    const begin = sentOf(begins, values).parameters;
    if (way === "up" && !asking) begin.parameter?.push({ name: "question", valueString: textOf(values["referral-question"]).trim() });
    start.mutate({ begin, letter: asking ? undefined : sentOf(letter, values).parameters }, {
      onSuccess: ({ id: begun, refused }) => {
        dropDraft(name);
        if (!refused) {
          toast("success", t(asking ? words.begunAsked : words.written));
          return void go(`/cases/${begun}`, { replace: true });
        }
        keepDraft(draftName(begun, { code: "refer" }, person), Object.fromEntries(letter.map((f) => [f.name, values[f.name] ?? ""])));
        toast("error", told(refused, language));
        void go(`/cases/${begun}/refer`, { replace: true });
      },
    });
  };
  return (
    <LetterForm
      way={way}
      green={values["urgency"] === "stat"}
      form={form}
      values={values}
      fields={fields}
      sent={begins}
      all={all}
      said={asking ? "" : t(words.fromRecord)}
      after={t(asking ? words.afterAsking : words.afterwards)}
      send={t(asking ? words.ask : words.submitLetter)}
      busy={start.isPending}
      error={start.error}
      onSend={send}
      onCancel={() => void go(`/residents/${id}`)}
    />
  );
}
