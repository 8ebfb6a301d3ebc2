import { theme } from "antd";
import { LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkAreaComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useSay, useWho } from "../../app/session";
import { whenOf } from "../../resource/summary";
import { stampOf } from "../../words/dates";
import type { Series } from "./kinds";
import { words } from "./words";

use([LineChart, GridComponent, MarkAreaComponent, AriaComponent, CanvasRenderer]);

const number = (value: unknown) => (value === undefined ? undefined : Number(String(value)));

/** A line of the values of a measurement, over the range that the last one is held against. The table below it says the same in numbers. */
export function Chart({ series }: { series: Series }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const at = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!at.current) return;
    const chart = init(at.current, null, { locale: language === "en" ? "EN" : "ZH" });
    const range = series.results.at(-1)?.referenceRange?.[0];
    const [low, high] = [number(range?.low?.value), number(range?.high?.value)];
    const font = { color: token.colorTextSecondary, fontSize: token.fontSizeSM };
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: token.fontFamily },
      grid: { left: 8, right: 24, top: 32, bottom: 8, containLabel: true },
      xAxis: { type: "time", axisLabel: { ...font, hideOverlap: true } },
      yAxis: { type: "value", scale: true, boundaryGap: ["10%", "10%"], name: series.unit, nameTextStyle: font, axisLabel: font, splitLine: { lineStyle: { color: token.colorBorderSecondary } } },
      series: [{
        type: "line", symbolSize: 9, color: token.colorPrimary, lineStyle: { width: 2 },
        data: series.results.map((r) => [stampOf(whenOf(r)), number(r.valueQuantity?.value)]),
        label: { show: series.results.length <= 12, ...font },
        ...((low !== undefined || high !== undefined) && { markArea: { silent: true, itemStyle: { color: token.colorFillSecondary }, data: [[{ yAxis: low ?? "min" }, { yAxis: high ?? "max" }]] } }),
      }],
    });
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(at.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [series, token, language]);
  return <div ref={at} role="img" aria-label={t(words.chart, series.name, series.unit)} style={{ height: 300, width: "100%", overflow: "hidden" }} />;
}
