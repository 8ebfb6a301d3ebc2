import { useQuery } from "@tanstack/react-query";
import { Card, Flex, Radio, Typography } from "antd";
import { useMemo, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { FieldForm } from "../../parts/form/FieldForm";
import { dropDraft } from "../../parts/form/draft";
import { fieldOf } from "../../parts/form/named";
import type { Field } from "../../parts/form/schema";
import { isEmpty, textOf, type Values } from "../../parts/form/values";
import { Loading } from "../../parts/Loading";
import { toast } from "../../plain/toasts";
import { titleOf, whenOf } from "../../resource/summary";
import { type Language, say } from "../../words";
import { dateOf, dayAt, dayOf } from "../../words/dates";
import { useBegin } from "../cases/moving";
import { dayAfter } from "../calendar/days";
import { Banner } from "../residents/Banner";
import { newestFirst } from "../residents/kinds";
import { hospitalsOf, useAgreements, type Way } from "./agreements";
import { nameOf, stands } from "./attach";
import { batch } from "./batch";
import { words } from "./words";

const visitsOf = 30; // days behind which a visit is no longer what one refers for

/** Those whom one refers, and for what: problems that stand, and visits of late. */
function useProblems(id: string) {
  return useQuery({
    queryKey: ["residents", "problems", id],
    queryFn: async ({ signal }) => {
      const since = dayAfter(dayAt(new Date()), -visitsOf);
      const asked = [`Patient?_id=${id}`, `Condition?patient=Patient/${id}&_count=100`, `Encounter?patient=Patient/${id}&date=ge${since}&_sort=-date&_count=20`, `AllergyIntolerance?patient=Patient/${id}`];
      const [people = [], problems = [], visits = [], allergies = []] = await batch(asked, signal);
      return { patient: people[0], allergies: allergies.filter(stands), about: [...newestFirst(problems.filter(stands)), ...visits.filter((v) => v["status"] !== "cancelled")] };
    },
    enabled: id !== "",
  });
}

/** Begins a referral from a resident's chart. */
export default function Start() {
  const t = useSay();
  const { language } = useWho();
  const { id = "" } = useParams();
  const found = useProblems(id);
  const agreements = useAgreements(language);
  const [wanted, want] = useState<Way>();
  const back = <Link to={`/residents/${id}`}>{t(words.backToChart)}</Link>;
  const failed = [found, agreements].find((q) => q.error);
  if (failed?.error) return <Failed error={failed.error} again={() => void failed.refetch()} />;
  if (found.isPending || agreements.isPending) return <Loading rows={8} />;
  const ways = (["up", "down"] as const).filter((way) => agreements.data && hospitalsOf(agreements.data, way, false).length > 0);
  const way = wanted ?? ways[0];
  const about = found.data?.about ?? [];
  return (
    <Flex vertical gap="middle">
      {back}
      {found.data?.patient && <Banner patient={found.data.patient} known={undefined} allergies={found.data.allergies} linked />}
      {!way ? (
        <Empty title={t(words.noAgreement)} why={t(words.noneWhy)} />
      ) : about.length === 0 ? (
        <Empty title={t(words.noProblem)} why={t(words.noProblemWhy)} />
      ) : (
        <Card>
          <Typography.Title level={1} style={{ marginTop: 0 }}>{t(words.refer)}</Typography.Title>
          <Flex vertical gap="middle">
            {ways.length > 1 && (
              <Radio.Group optionType="button" buttonStyle="solid" aria-label={t(words.way)} value={way} onChange={(e) => want(e.target.value as Way)} options={ways.map((w) => ({ value: w, label: t(w === "up" ? words.up : words.down) }))} />
            )}
            <Filling key={way} id={id} way={way} about={about} />
          </Flex>
        </Card>
      )}
    </Flex>
  );
}

/** What a problem is called where one chooses it. */
function calledOf(r: Resource, language: Language): string {
  const when = whenOf(r) && dateOf(dayOf(whenOf(r)), language);
  return say(r.resourceType === "Encounter" ? words.aVisit : words.aProblem, language, titleOf(r, language), when || say(words.undated, language));
}

/** The fields of a beginning, each way. */
function fieldsOf(way: Way, about: Resource[], language: Language): Field[] {
  const called = (name: string, text: readonly [string, string], more: Partial<Field> = {}) => fieldOf(name, say(text, language), { required: true, ...more });
  const problem = called("problem", words.problem, { kind: "code", codes: about.map((r) => ({ code: nameOf(r), label: calledOf(r, language) })) });
  if (way === "down") return [problem, called("assessment", words.assessment, { bytes: 4000, doc: say(words.assessmentHelp, language) })];
  return [
    problem,
    called("urgency", words.urgency, { kind: "code", codes: [["routine", words.routine], ["urgent", words.urgent], ["stat", words.green]].map(([code, text]) => ({ code: String(code), label: say(text as readonly [string, string], language) })) }),
    called("question", words.question, { bytes: 2000, doc: say(words.questionHelp, language) }),
    called("colleague", words.colleague, { required: false, kind: "reference", targets: ["PractitionerRole"], doc: say(words.colleagueHelp, language) }),
  ];
}

function Filling({ id, way, about }: { id: string; way: Way; about: Resource[] }) {
  const t = useSay();
  const { language, person } = useWho();
  const go = useNavigate();
  const begin = useBegin();
  const name = `${person ?? ""}:refer:${way}:${id}`;
  const fields = useMemo(() => fieldsOf(way, about, language), [way, about, language]);
  const usual: Values = { ...(way === "up" && { urgency: "routine" }), ...(about.length === 1 && about[0] && { problem: nameOf(about[0]) }) };
  const send = (values: Values) => {
    const text = (field: string) => textOf(values[field]).trim();
    const of = { name: "problem", valueReference: { reference: text("problem") } };
    const more = way === "down"
      ? [{ name: "assessment", valueString: text("assessment") }]
      : [
          { name: "question", valueString: text("question") }, { name: "urgency", valueCode: text("urgency") },
          ...(isEmpty(values["colleague"]) ? [] : [{ name: "colleague", valueReference: { reference: text("colleague") } }]),
        ];
    const move = { process: `referral-${way}`, code: way === "up" ? "consult" : "assess" };
    begin.mutate({ move, with: { resourceType: "Parameters", parameter: [of, ...more] } }, {
      onSuccess: (begun) => {
        dropDraft(name);
        const waits = !isEmpty(values["colleague"]);
        toast("success", t(waits ? words.begunAsked : words.begun));
        void go(waits ? `/cases/${begun}` : `/cases/${begun}/refer`, { replace: true });
      },
    });
  };
  return (
    <FieldForm fields={fields} name={name} send={t(words.begin)} preset={usual} busy={begin.isPending} error={begin.error} onSend={send} />
  );
}
