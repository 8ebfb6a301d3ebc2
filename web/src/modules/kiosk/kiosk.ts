import { useMutation } from "@tanstack/react-query";
import { operate, type Output } from "../../api/parameters";
import { idOf } from "../queue/queue";

/** Whom a card belongs to, and their visits of today. */
export type Found = Output<"Appointment/$check-in">;

/** What is done with a card. */
export type Errand = "checkIn" | "back";

/** Checks in whom a card belongs to; who was at tests before lines up again. Nothing of it is kept. */
export function useErrand(errand: Errand) {
  return useMutation({
    gcTime: 0,
    mutationFn: async (number: string): Promise<Found> => {
      const { data } = await operate("Appointment/$check-in", { number }, { posted: true });
      return errand === "back" ? { ...data, visit: await comeBack(data.visit) } : data;
    },
  });
}

/** Who has tickets at tests comes back to their queues: to those of which it is true. It is refused where it is true of none. */
async function comeBack(all: Found["visit"]): Promise<Found["visit"]> {
  const tried = await Promise.allSettled(all.map((v) => operate("Encounter/[id]/$back", {}, { id: idOf(v.ticket) })));
  const back = all.filter((_, i) => tried[i]?.status === "fulfilled");
  const refused = tried.find((one) => one.status === "rejected");
  if (back.length === 0 && refused) throw refused.reason;
  return back;
}
