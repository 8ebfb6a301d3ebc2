import { useQuery } from "@tanstack/react-query";
import { useActing } from "../../app/session";
import { type Language, say } from "../../words";
import type { Plot } from "../board/plots";
import { asked } from "../booking/booking";
import type { channels } from "../visits/words";
import { pools } from "./words";

/** A share of the places. */
export type PoolCode = keyof typeof pools;

/** What became of the places of a day. */
export interface DayUse {
  date: string;
  pool: { code: PoolCode; places: number; taken: number }[];
  channel: { code: keyof typeof channels; visits: number }[];
  seen: number;
  missed: number;
  cancelled: number;
  stopped: number;
}

/** How the places of one's institution were used, or of one of its departments. */
export function useUses(from: string, to: string, department: string) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["booking", "uses", source, from, to, department],
    queryFn: async ({ signal }) =>
      (await asked<{ day: DayUse[] }>("Schedule/$place-use", { from, to, ...(department && { department }) }, ["day", "day.pool", "day.channel"], signal)).day,
  });
}

/** A pool of a day; one that it does not have has no places. */
export const poolOf = (day: DayUse, code: PoolCode) => day.pool.find((p) => p.code === code) ?? { places: 0, taken: 0 };

const layers = [["public", "brand"], ["referral", "good"], ["onsite", "warning"], ["extra", "bad"]] as const;

/** The places that were taken, day by day and one pool above the other. */
export const takenOf = (days: DayUse[], language: Language): Plot => ({
  names: days.map((d) => d.date.slice(5)),
  stacked: true,
  series: layers.map(([p, colour]) => ({ name: say(pools[p], language), colour, values: days.map((d) => poolOf(d, p).taken) })),
});
