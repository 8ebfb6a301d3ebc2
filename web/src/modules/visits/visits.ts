import { useQuery } from "@tanstack/react-query";
import { useActing } from "../../app/session";
import type { Text } from "../../words";
import { asked, type Channel, type Visit } from "../booking/booking";
import { channels } from "./words";

/** How visits are booked, in words. */
export const booked: Record<Channel, Text> = channels;

/** The visits of a department on a day. */
export interface OfDepartment {
  reference: string;
  name: string;
  visits: Visit[];
  came: number;
}

/** Visits by their departments, in the order of their names; of some people, where a part of a name is typed. */
export function byDepartment(all: readonly Visit[], typed: string): OfDepartment[] {
  const part = typed.trim().toLowerCase();
  const out = new Map<string, OfDepartment>();
  for (const v of all) {
    if (!v.patient.display.toLowerCase().includes(part)) continue;
    const of = out.get(v.department.reference) ?? { reference: v.department.reference, name: v.department.display, visits: [], came: 0 };
    of.visits.push(v);
    if (v.status === "arrived" || v.status === "fulfilled") of.came += 1;
    out.set(of.reference, of);
  }
  return [...out.values()].sort((a, b) => a.name.localeCompare(b.name, "zh-CN"));
}

/** The visits of one's institution on a day. */
export function useOfDay(day: string) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["booking", "day", source, day],
    queryFn: ({ signal }) => asked<{ visit: Visit[]; whole: boolean }>("Appointment/$visits", { day }, ["visit"], signal),
    refetchInterval: 60_000,
    placeholderData: (before) => before,
  });
}
