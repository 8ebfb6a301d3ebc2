import { Empty, Flex, Select } from "antd";
import { useState } from "react";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { Chart } from "./Chart";
import { Entries } from "./Entries";
import { seriesOf } from "./kinds";
import { words } from "./words";

/** One measurement over time: to look at, and in its table. */
export default function Trends({ all }: { all: Resource[] }) {
  const t = useSay();
  const { language } = useWho();
  const [chosen, choose] = useState("");
  const series = seriesOf(all, language);
  const shown = series.find((s) => s.key === chosen) ?? series[0];
  if (!shown) return <Empty description={t(words.oneOnly)} />;
  return (
    <Flex vertical gap={16}>
      <label>
        {t(words.measurement)}{" "}
        <Select value={shown.key} onChange={choose} options={series.map((s) => ({ value: s.key, label: t(words.measured, s.name, s.unit) }))} style={{ minWidth: 200, maxWidth: "100%" }} />
      </label>
      <Chart series={shown} />
      <Entries name="trend" label={t(words.measured, shown.name, shown.unit)} of={[...shown.results].reverse()} />
    </Flex>
  );
}
