import { theme } from "antd";
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useWho } from "../../app/session";
import { height, type Plot } from "./plots";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

/** Draws a plot. The table beside it says the same in numbers, and leads where a click leads here. */
export default function Chart({ plot, label, onChoose }: { plot: Plot; label: string; onChoose?: (name: string, series: string) => void }) {
  const { language, large } = useWho();
  const { token } = theme.useToken();
  const at = useRef<HTMLDivElement>(null);
  const chosen = useRef(onChoose);
  useEffect(() => {
    chosen.current = onChoose;
  }, [onChoose]);
  useEffect(() => {
    if (!at.current) return;
    const chart = init(at.current, null, { locale: language === "en" ? "EN" : "ZH" });
    const font = { color: token.colorTextSecondary, fontSize: token.fontSizeSM };
    const colours = { bad: token.colorError, warning: token.colorWarning, brand: token.colorPrimary, good: token.colorSuccess };
    const names = { type: "category" as const, data: plot.names, axisLabel: plot.lying ? { ...font, width: at.current.clientWidth / 3, overflow: "break" as const } : { ...font, hideOverlap: true }, inverse: Boolean(plot.lying), axisTick: { show: false } };
    const values = { type: "value" as const, name: plot.unit ?? "", nameTextStyle: font, axisLabel: { ...font, hideOverlap: true }, minInterval: plot.unit ? 0 : 1, splitLine: { lineStyle: { color: token.colorBorderSecondary } } };
    chart.setOption({
      animation: false,
      aria: { enabled: true, label: { enabled: false }, decal: { show: true } }, // patterns beside colours
      textStyle: { fontFamily: token.fontFamily },
      legend: { top: 0, left: 0, textStyle: font, selectedMode: false },
      tooltip: { trigger: "axis", textStyle: { color: token.colorText, fontSize: token.fontSizeSM }, confine: true },
      grid: { left: 8, right: 32, top: large ? 72 : 48, bottom: 8, containLabel: true },
      xAxis: plot.lying ? values : names,
      yAxis: plot.lying ? names : values,
      series: plot.series.map((s) => ({
        name: s.name, type: s.line ? "line" : "bar", color: colours[s.colour], data: s.values, barMaxWidth: 24, symbolSize: 6,
        ...(plot.stacked && !s.line && { stack: "all" }),
        label: { show: Boolean(plot.lying) && !plot.stacked, position: "right", ...font },
      })),
    });
    chart.on("click", (p) => chosen.current?.(p.name, p.seriesName ?? ""));
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(at.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [plot, token, language, large]);
  return <div ref={at} role="img" aria-label={label} style={{ height: height(plot, large), width: "100%", overflow: "hidden" }} />;
}
