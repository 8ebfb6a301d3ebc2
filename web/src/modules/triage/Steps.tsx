import { ArrowLeftOutlined } from "@ant-design/icons";
import { Button, Flex } from "antd";
import { useEffect, useRef, useState } from "react";
import { useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { About, Pregnancy } from "./About";
import { First, One } from "./Ask";
import { Choose } from "./Choose";
import { Outcome } from "./Outcome";
import { type Answer, asksPregnancy, nextOf, type Person, type Said, useChoices, useLead } from "./triage";
import { words } from "./words";

interface StepsProps {
  onBook: ((department: string) => void) | undefined; // undefined where one does not book
}

/** The steps of triage, one at a time: who it is about, the complaint, the questions, the result. */
export function Steps({ onBook }: StepsProps) {
  const t = useSay();
  const choices = useChoices();
  const [told, tell] = useState<Person>({});
  const [complaint, choose] = useState("");
  const [answers, setAnswers] = useState<Said["answers"]>({});
  const [way, setWay] = useState<Said["answers"][]>([]); // what was answered before each answer
  const of = choices.data;
  const person: Person = { months: told.months ?? of?.months, sex: told.sex ?? of?.sex, pregnant: told.pregnant };
  const ready = of !== undefined && complaint !== "" && person.months !== undefined && !asksPregnancy(of, person);
  const lead = useLead(ready ? { complaint, person, answers } : undefined);
  const top = useRef<HTMLDivElement>(null);
  const step = `${complaint} ${person.pregnant} ${Object.keys(answers).length} ${lead.data?.result !== undefined}`;
  useEffect(() => {
    if (complaint) top.current?.focus();
  }, [step, complaint]);

  function answer(more: Record<string, Answer>) {
    setWay([...way, answers]);
    setAnswers({ ...answers, ...more });
  }

  function back() {
    const before = way.at(-1);
    if (before) {
      setAnswers(before);
      setWay(way.slice(0, -1));
    } else if (told.pregnant !== undefined) tell({ ...told, pregnant: undefined });
    else choose("");
  }

  function restart() {
    choose("");
    setAnswers({});
    setWay([]);
    tell({});
  }

  if (choices.error) return <Failed error={choices.error} again={() => void choices.refetch()} />;
  if (!of) return <Loading rows={8} />;
  if (person.months === undefined) return <About onTell={(who) => tell(who)} />;
  if (complaint === "") return <Choose of={of} person={person} onChoose={choose} />;
  const result = lead.isPlaceholderData ? undefined : lead.data?.result;
  const next = nextOf(lead.data?.question ?? [], answers);
  const waits = lead.isPending || (lead.isPlaceholderData && (next.left === 0 || Object.values(answers).some((a) => a !== "no")));
  return (
    <div ref={top} tabIndex={-1} style={{ outline: "none" }}>
      <Flex vertical gap={16}>
        {!result && <div><Button type="link" icon={<ArrowLeftOutlined aria-hidden />} onClick={back}>{t(words.back)}</Button></div>}
        {!ready ? (
          <Pregnancy onTell={(pregnant) => tell({ ...told, pregnant })} />
        ) : lead.error ? (
          <Failed error={lead.error} again={() => void lead.refetch()} />
        ) : result ? (
          <Outcome of={result} onBook={onBook} />
        ) : waits ? (
          <Loading rows={4} />
        ) : next.together.length > 0 ? (
          <First of={next.together} onAnswer={answer} />
        ) : (
          next.one && <One key={next.one.sign} of={next.one} left={next.left} onAnswer={answer} />
        )}
        {result && <div><Button size="large" onClick={restart}>{t(words.again)}</Button></div>}
      </Flex>
    </div>
  );
}
