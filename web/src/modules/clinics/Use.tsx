import { Flex, Input, Select, theme, Typography } from "antd";
import { lazy, Suspense, useMemo } from "react";
import { useSearchParams } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { type Column, Rows } from "../../parts/Rows";
import { titleOf } from "../../resource/summary";
import { dayAt } from "../../words/dates";
import { dayAfter, isDay } from "../calendar/days";
import { useDepartments } from "./clinics";
import { type DayUse, type PoolCode, poolOf, takenOf, useUses } from "./use";
import { channels } from "../visits/words";
import { became, pools, words } from "./words";

const Chart = lazy(() => import("../board/Chart"));

const usual = 7; // days behind and ahead

/** How the places of the hospital were used, day by day: each pool, and what was missed. */
export default function Use() {
  const t = useSay();
  const { language } = useWho();
  const { institution = "" } = useActing();
  const [query, setQuery] = useSearchParams();
  const today = dayAt(new Date());
  const day = (name: string, otherwise: string) => (isDay(query.get(name) ?? "") ? (query.get(name) ?? "") : otherwise);
  const [from, to] = [day("from", dayAfter(today, -usual)), day("to", dayAfter(today, usual))];
  const department = query.get("department") ?? "";
  const departments = useDepartments(institution);
  const found = useUses(from, to, department);
  const want = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    if (value) next.set(name, value);
    else next.delete(name);
    setQuery(next, { replace: true });
  };
  const field = (name: "from" | "to", value: string) => (
    <label>
      {t(words[name])}
      {" "}
      <Input type="date" value={value} style={{ width: "auto" }} onChange={(e) => isDay(e.target.value) && want(name, e.target.value)} />
    </label>
  );
  return (
    <Flex vertical gap="middle">
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.uses)}</Typography.Title>
      <Typography.Text type="secondary">{t(words.usesWhy)}</Typography.Text>
      <Flex gap="8px 16px" wrap align="center" className="no-print">
        {field("from", from)}
        {field("to", to)}
        <label>
          {t(words.department)}
          {" "}
          <Select
            style={{ minWidth: 200 }}
            value={department}
            loading={departments.isPending}
            aria-label={t(words.department)}
            options={[{ value: "", label: t(words.everyDepartment) }, ...(departments.data ?? []).map((d) => ({ value: `HealthcareService/${d.id}`, label: titleOf(d, language) }))]}
            onChange={(value) => want("department", value)}
          />
        </label>
      </Flex>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={8} />}
      {found.data && <Told days={found.data} />}
    </Flex>
  );
}

function Told({ days }: { days: DayUse[] }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const plot = useMemo(() => takenOf(days, language), [days, language]);
  const pool = (code: PoolCode): Column<DayUse> => ({
    key: code, words: pools[code], numbers: true, order: (d) => poolOf(d, code).taken, text: (d) => `${poolOf(d, code).taken} / ${poolOf(d, code).places}`,
  });
  const count = (code: keyof typeof became): Column<DayUse> => ({ key: code, words: became[code], numbers: true, order: (d) => d[code], text: (d) => String(d[code]) });
  const columns: Column<DayUse>[] = [
    { key: "day", words: words.day, text: (d) => d.date },
    pool("public"), pool("referral"), pool("onsite"), pool("extra"),
    { key: "channels", words: words.channels, long: true, text: (d) => d.channel.map((c) => `${t(channels[c.code])} ${c.visits}`).join(t(words.comma)) },
    count("seen"), count("missed"), count("cancelled"), count("stopped"),
  ];
  if (days.length === 0) return <Empty title={t(words.noUse)} why={t(words.noUsesWhy)} />;
  return (
    <>
      <Part title={t(words.takenByPool)}>
        <Suspense fallback={<div style={{ height: token.controlHeightLG * 6 }} />}>
          <Chart plot={plot} label={t(words.takenByPool)} />
        </Suspense>
      </Part>
      <Part title={t(words.usesTable)}>
        <Rows name="clinics.use" label={t(words.usesTable)} columns={columns} rows={days} rowKey={(d) => d.date} empty={null} />
      </Part>
    </>
  );
}
