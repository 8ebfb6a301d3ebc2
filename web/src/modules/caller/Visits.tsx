import { Flex, Typography } from "antd";
import { useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Empty } from "../../parts/Empty";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { isAhead, type Visit } from "../booking/booking";
import { said } from "../booking/said";
import { spanOf, useWhen } from "../booking/times";
import type { useOfCaller } from "./caller";
import { Pick } from "./Pick";
import { words } from "./words";

/** Where a visit is, in a line. */
export const placeOf = (v: Visit): string => [v.institution.display, v.department.display, v.doctor?.display].filter(Boolean).join(" ");

/** The visits of the caller that the operator looks after: what is to be can be chosen. */
export function Visits({ of, onChoose }: { of: ReturnType<typeof useOfCaller>; onChoose: (visit: Visit) => void }) {
  const t = useSay();
  const when = useWhen();
  const all = of.data ?? [];
  const ahead = all.filter((v) => isAhead(v, Date.now())).toSorted((a, b) => a.start.localeCompare(b.start));
  const past = all.filter((v) => !ahead.includes(v)).slice(0, 5);
  return (
    <Part title={t(words.visits)}>
      <Flex vertical gap={12}>
        <Typography.Text type="secondary">{t(words.visitsWhy)}</Typography.Text>
        {of.error && <Failed error={of.error} again={() => void of.refetch()} />}
        {of.isPending && <Loading rows={3} />}
        {of.data && all.length === 0 && <Empty title={t(words.noVisits)} why={t(words.noVisitsWhy)} />}
        {ahead.length > 0 && (
          <Pick
            label={t(words.visits)}
            of={ahead.map((v) => ({ key: v.appointment.reference, label: <><strong className="numbers">{when.day(v)} {spanOf(v)}</strong> {placeOf(v)}</>, more: t(said.state[v.status]) }))}
            onPick={(key) => {
              const visit = ahead.find((v) => v.appointment.reference === key);
              if (visit) onChoose(visit);
            }}
          />
        )}
        {past.length > 0 && (
          <ul style={{ margin: 0, paddingInlineStart: 20 }}>
            {past.map((v) => <li key={v.appointment.reference}><Typography.Text type="secondary">{when.day(v)} {spanOf(v)} {placeOf(v)} {t(said.state[v.status])}</Typography.Text></li>)}
          </ul>
        )}
        <Typography.Text type="secondary">{t(words.notHere)}</Typography.Text>
      </Flex>
    </Part>
  );
}
