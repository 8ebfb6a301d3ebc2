import { Alert, Button, Card, Flex, Typography } from "antd";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { Resource } from "../../api/fhir";
import { useKeys } from "../../app/keys/keyboard";
import type { Key } from "../../app/keys/typed";
import { useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Part } from "../../parts/Part";
import { nameOf } from "../../resource/summary";
import { useDays, useMove, useTake } from "../booking/booking";
import { spanOf, useWhen } from "../booking/times";
import { masked, numberOf } from "../residents/Banner";
import { Steps } from "../triage/Steps";
import { before, phoneOf, type Step, useOfCaller } from "./caller";
import { ChooseDay, ChooseDepartment, ChooseTime } from "./Choosing";
import { FindCaller } from "./FindCaller";
import { Pick } from "./Pick";
import { Script } from "./Script";
import { placeOf, Visits } from "./Visits";
import { words } from "./words";

/** A call from its beginning to its end: who calls, their visits, booking, changing and cancelling, and help in choosing, all by keys. */
export default function Caller() {
  const t = useSay();
  const [call, next] = useState(0); // each begins with nothing of the one before
  return (
    <Flex vertical gap={16}>
      <div>
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <Typography.Text type="secondary">{t(words.why)}</Typography.Text>
      </div>
      <Call key={call} onEnd={() => next(call + 1)} />
    </Flex>
  );
}

function Call({ onEnd }: { onEnd: () => void }) {
  const t = useSay();
  const [who, setWho] = useState<Resource>();
  const [step, go] = useState<Step>({ at: "find" });
  const [done, tell] = useState("");
  const visits = useOfCaller(who?.id ? `Patient/${who.id}` : "");
  const keys = useMemo<Key[]>(
    () => [
      { key: "b", called: t(words.keyBook), does: () => go({ at: "department" }) },
      { key: "t", called: t(words.keyTriage), does: () => go({ at: "triage" }) },
      { key: "e", called: t(words.keyEnd), does: onEnd },
    ],
    [t, onEnd],
  );
  useKeys(keys, who !== undefined);
  const enter = useCallback((to: Step) => {
    tell("");
    go(to);
  }, []);
  const finish = (text: string) => {
    tell(text);
    go({ at: "visits" });
  };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const closes = event.target instanceof Element && event.target.closest('[role="dialog"], dialog') !== null; // something else
      if (event.key !== "Escape" || step.at === "find" || event.isComposing || closes) return;
      if (step.at === "visits") setWho(undefined);
      enter(before(step));
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [step, enter]);
  return (
    <Flex vertical gap={16}>
      <KeysShown all={who !== undefined} />
      {!who || step.at === "find" ? (
        <FindCaller onChoose={(p) => { setWho(p); enter({ at: "visits" }); }} />
      ) : (
        <>
          <Banner who={who} onBook={() => enter({ at: "department" })} onTriage={() => enter({ at: "triage" })} onEnd={onEnd} />
          {done && <Alert type="success" showIcon role="status" title={done} description={t(words.scriptDone)} />}
          <div style={{ display: "grid", gap: 16, gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 420px), 1fr))", alignItems: "start" }}>
            {step.at !== "triage" && who.id && <Visits key={`${step.at} ${visits.data?.length}`} of={visits} onChoose={(visit) => enter({ at: "visit", visit })} />}
            <Now key={JSON.stringify(step)} who={who} step={step} go={enter} finish={finish} />
          </div>
        </>
      )}
    </Flex>
  );
}

/** Who calls, and what can be done. */
function Banner({ who, onBook, onTriage, onEnd }: { who: Resource; onBook: () => void; onTriage: () => void; onEnd: () => void }) {
  const t = useSay();
  const phone = phoneOf(who);
  return (
    <Card size="small">
      <Flex wrap gap="8px 24px" align="center">
        <strong className="big">{nameOf(who["name"] as { text?: string }[]) || t(words.ofNumber)}</strong>
        <span><Typography.Text type="secondary">{t(words.number)}</Typography.Text> <span className="numbers">{masked(numberOf(who))}</span></span>
        {phone && <span><Typography.Text type="secondary">{t(words.phone)}</Typography.Text> <span className="numbers">{phone}</span></span>}
        <Typography.Text type="warning">{t(words.verify)}</Typography.Text>
        <Flex gap="small" wrap style={{ marginInlineStart: "auto" }}>
          <Button onClick={onBook}>{t(words.book)} <kbd>B</kbd></Button>
          <Button onClick={onTriage}>{t(words.triage)} <kbd>T</kbd></Button>
          <Button danger onClick={onEnd}>{t(words.end)} <kbd>E</kbd></Button>
        </Flex>
      </Flex>
    </Card>
  );
}

interface NowProps {
  who: Resource;
  step: Step;
  go: (step: Step) => void;
  finish: (text: string) => void;
}

/** What the operator and the caller are at now. */
function Now({ who, step, go, finish }: NowProps) {
  const t = useSay();
  const when = useWhen();
  const take = useTake();
  const move = useMove();
  const days = useDays(step.at === "time" ? step.department : "");
  const [sure, ask] = useState(false);
  switch (step.at) {
    case "department":
      return <ChooseDepartment onChoose={(department) => go({ at: "day", department })} />;
    case "triage":
      return <Flex vertical gap={12}><Script>{t(words.scriptTriage)}</Script><Steps onBook={(department) => go({ at: "day", department })} /></Flex>;
    case "day":
      return <ChooseDay department={step.department} onChoose={(day) => go({ ...step, at: "time", day })} />;
    case "time":
      return <ChooseTime department={step.department} hospital={days.data?.institution.display ?? ""} day={step.day} onChoose={(slot) => go({ ...step, at: "confirm", slot })} />;
    case "confirm": {
      const { slot, change } = step;
      const at = `${when.day(slot)} ${spanOf(slot)}`;
      const book = () => take.mutate(
        { slot: slot.slot, ...(who.id ? { patient: `Patient/${who.id}` } : { number: numberOf(who) }), atOnce: true, change: change?.appointment.reference.split("/")[1] },
        { onSuccess: () => finish(t(change ? words.changed : words.booked, at, slot.what)) },
      );
      return (
        <Part title={t(words.confirm)}>
          <Flex vertical gap={12}>
            <Script>{slot.price === undefined ? t(words.scriptConfirmFree, at, slot.what) : t(words.scriptConfirm, at, slot.what, when.price(slot.price))}</Script>
            {take.error && <Failed error={take.error} />}
            <Pick label={t(words.confirm)} of={[{ key: "yes", label: t(words.confirmYes) }, { key: "no", label: t(words.confirmNo) }]} onPick={(key) => (key === "no" ? go(before(step)) : take.isPending || book())} />
          </Flex>
        </Part>
      );
    }
    case "visit": {
      const { visit } = step;
      const id = visit.appointment.reference.split("/")[1] ?? "";
      const what = [`${when.day(visit)} ${spanOf(visit)}`, placeOf(visit)] as const;
      const cancel = () => move.mutate({ id, move: "cancel" }, { onSuccess: () => finish(t(words.cancelled, ...what)) });
      const choices = sure ? [{ key: "keep", label: t(words.keep) }, { key: "yes", label: t(words.cancelYes) }] : [{ key: "change", label: t(words.change) }, { key: "cancel", label: t(words.cancel) }, { key: "keep", label: t(words.keep) }];
      const act: Record<string, () => void> = {
        change: () => go({ at: "day", department: visit.department.reference, change: visit }), cancel: () => ask(true), keep: () => go({ at: "visits" }), yes: () => move.isPending || cancel(),
      };
      return (
        <Part title={t(words.act)}>
          <Flex vertical gap={12}>
            <Typography.Text strong>{what.join(" ")}</Typography.Text>
            {sure && <Script>{t(words.scriptCancel)}</Script>}
            {move.error && <Failed error={move.error} />}
            <Pick key={String(sure)} label={t(words.act)} of={choices} onPick={(key) => act[key]?.()} />
          </Flex>
        </Part>
      );
    }
    default:
      return (
        <Part title={t(words.caller)}>
          <Flex vertical gap={12}>
            <Script>{t(words.scriptWho)}</Script>
            <Script>{who.id ? t(words.scriptVisits, nameOf(who["name"] as { text?: string }[])) : t(words.scriptNumber)}</Script>
          </Flex>
        </Part>
      );
  }
}

/** The keys, always in sight. */
function KeysShown({ all }: { all: boolean }) {
  const t = useSay();
  const keys = [["↑ ↓", words.keyMove], ["Enter", words.keyEnter], ...(all ? [["Esc", words.keyBack], ["B", words.keyBook], ["T", words.keyTriage], ["E", words.keyEnd]] as const : [])] as const;
  return (
    <Flex wrap gap="4px 16px" role="note" aria-label={t(words.keys)}>
      {keys.map(([key, says]) => <span key={key}><kbd>{key}</kbd> <Typography.Text type="secondary">{t(says)}</Typography.Text></span>)}
    </Flex>
  );
}
