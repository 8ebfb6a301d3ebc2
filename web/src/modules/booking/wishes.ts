import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Operations } from "../../api/declared";
import { type Input, operate } from "../../api/parameters";
import { useActing } from "../../app/session";
import { asked, type Named } from "./booking";
import { sm3 } from "./sm3";

/** What somebody waits for: a place that comes back, or a draw. */
export interface Wish {
  appointment: Named;
  patient: Named;
  department: Named;
  doctor?: Named;
  institution: Named;
  from: string;
  to: string;
  part?: "am" | "pm";
  sure: boolean;
  since: string;
  before?: number; // how many are before; not of an entry to a draw
  draw?: string; // when it is drawn
  clinic?: Named;
}

/** A draw of a clinic. */
export type Draw = Operations["Schedule/[id]/$draw"]["out"]["draw"][number];

/** An entry to a draw, in its order. */
export type Lot = Draw["entry"][number];

/** What one wants of a place that comes back. */
export type Wanted = Omit<Input<"HealthcareService/[id]/$wait">, "patient"> & { department: string };

/** Has the person wait for a place at a department. */
export function useWait() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ department, ...given }: Wanted) => (await operate("HealthcareService/[id]/$wait", given, { id: department.split("/")[1] ?? "" })).data,
    onSettled: () => client.invalidateQueries({ queryKey: ["booking"] }),
  });
}

/** Has the person enter the draw of a day of a clinic. */
export function useEnter() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ clinic, ...given }: Omit<Input<"Schedule/[id]/$enter">, "patient"> & { clinic: string }) =>
      (await operate("Schedule/[id]/$enter", given, { id: clinic.split("/")[1] ?? "" })).data,
    onSettled: () => client.invalidateQueries({ queryKey: ["booking"] }),
  });
}

/** The draws of a clinic, the latest first; with a day that one alone, with the entries that got a place and one's own, or with all of them. */
export function useDraws(clinic: string, day = "", on = true, all = false) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["booking", "draws", source, clinic, day, all],
    enabled: on && clinic !== "",
    queryFn: async ({ signal }) => (await asked<{ draw: Draw[] }>(`Schedule/${clinic}/$draw`, { day, ...(all && { all: "true" }) }, ["draw", "draw.entry"], signal)).draw,
  });
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

const joined = (seed: Uint8Array, id: string): Uint8Array => Uint8Array.from([...seed, ...new TextEncoder().encode(id)]);

/** What is wrong with a draw whose seed is known: the seed is not the one that was promised, or the order does not follow from it. */
export function wrongWith(draw: Draw): "seed" | "order" | undefined {
  const seed = bytesOf(draw.seed ?? "");
  if (sm3(seed) !== draw.commitment) return "seed";
  const order = draw.entry.map((e) => ({ id: e.id, lot: sm3(joined(seed, e.id)) })).toSorted((a, b) => (a.lot < b.lot ? -1 : 1));
  return order.length === draw.count && order.every((o, i) => o.id === draw.entry[i]?.id) ? undefined : "order";
}
