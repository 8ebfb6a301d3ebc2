import { Skeleton } from "antd";
import { lazy, Suspense } from "react";
import { useWho } from "../../app/session";
import { height, type Plot } from "./plots";

const Chart = lazy(() => import("./Chart"));

/** A chart, with the room that it needs while it is on its way. */
export function Plotted(props: { plot: Plot; label: string; onChoose?: (name: string, series: string) => void }) {
  const { large } = useWho();
  return (
    <Suspense fallback={<div style={{ height: height(props.plot, large) }}><Skeleton active title={false} paragraph={{ rows: 5 }} /></div>}>
      <Chart {...props} />
    </Suspense>
  );
}
