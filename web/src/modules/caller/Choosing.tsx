import { Flex } from "antd";
import { useState } from "react";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { clockOf } from "../../words/dates";
import { standingOf, useDays, useSegments } from "../booking/booking";
import { useNear } from "../booking/near";
import { useNearSaid } from "../booking/NearFacts";
import { spanOf, useWhen } from "../booking/times";
import { type Chosen, named } from "./caller";
import { Pick } from "./Pick";
import { Script } from "./Script";
import { words } from "./words";

/** The departments that can be booked, fewer by what is typed. */
export function ChooseDepartment({ onChoose }: { onChoose: (department: string) => void }) {
  const t = useSay();
  const near = useNear({ order: "time" });
  const told = useNearSaid();
  const [typed, type] = useState("");
  const shown = named(near.data?.department ?? [], typed);
  return (
    <Part title={t(words.department)}>
      <Flex vertical gap={12}>
        <Script>{t(words.scriptDepartment)}</Script>
        {near.error && <Failed error={near.error} again={() => void near.refetch()} />}
        {near.isPending && <Loading rows={4} />}
        {near.data && (
          <Pick
            label={t(words.department)}
            typed={{ value: typed, onChange: type, placeholder: t(words.departmentFind) }}
            of={shown.map((d) => ({ key: d.reference.reference, label: <><strong>{d.reference.display}</strong> {d.institution.display} {told.doctors(d)}</>, more: `${told.next(d)} ${told.price(d)}` }))}
            onPick={onChoose}
          />
        )}
        {near.data && shown.length === 0 && <Empty title={t(words.noDepartment)} why={t(words.noDepartmentWhy)} />}
      </Flex>
    </Part>
  );
}

/** The days of a department with something free. */
export function ChooseDay({ department, onChoose }: { department: string; onChoose: (day: string) => void }) {
  const t = useSay();
  const when = useWhen();
  const days = useDays(department);
  const open = (days.data?.day ?? []).filter((d) => standingOf(d) === "free");
  const first = open[0];
  return (
    <Part title={`${t(words.day)} ${days.data ? `${days.data.institution.display} ${days.data.department.display}` : ""}`}>
      <Flex vertical gap={12}>
        {days.error && <Failed error={days.error} again={() => void days.refetch()} />}
        {days.isPending && <Loading rows={4} />}
        {days.data && <Script>{first ? t(words.scriptDay, when.day({ start: first.date })) : t(words.scriptDayNone)}</Script>}
        {days.data && open.length === 0 && <Empty title={t(words.noDay)} why={t(words.noTimeWhy)} />}
        {open.length > 0 && <Pick label={t(words.day)} of={open.map((d) => ({ key: d.date, label: <strong className="numbers">{when.day({ start: d.date })}</strong>, more: t(words.free, d.free) }))} onPick={onChoose} />}
      </Flex>
    </Part>
  );
}

/** The times of a day with something free. */
export function ChooseTime({ department, hospital, day, onChoose }: { department: string; hospital: string; day: string; onChoose: (slot: Chosen) => void }) {
  const t = useSay();
  const when = useWhen();
  const segments = useSegments(department, "", day);
  const open = (segments.data ?? []).filter((s) => standingOf(s) === "free");
  return (
    <Part title={t(words.time)}>
      <Flex vertical gap={12}>
        {segments.error && <Failed error={segments.error} again={() => void segments.refetch()} />}
        {segments.isPending && <Loading rows={4} />}
        {open.length > 0 && <Script>{t(words.scriptTime, when.day({ start: day }))}</Script>}
        {segments.data && open.length === 0 && <Empty title={t(words.noTime)} why={t(words.noTimeWhy)} />}
        {open.length > 0 && (
          <Pick
            label={t(words.time)}
            of={open.map((s) => ({ key: s.slot, label: <><strong className="numbers">{spanOf(s)}</strong> {s.doctor?.display}</>, more: `${when.price(s.price)} ${t(words.free, s.free)}` }))}
            onPick={(key) => {
              const s = open.find((one) => one.slot === key);
              if (s && clockOf(s.start)) onChoose({ slot: key, start: s.start, end: s.end, what: [hospital, s.department.display, s.doctor?.display].filter(Boolean).join(" "), price: s.price });
            }}
          />
        )}
      </Flex>
    </Part>
  );
}
