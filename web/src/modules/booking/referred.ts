import { useInfiniteQuery } from "@tanstack/react-query";
import type { Answer } from "../../api/http";
import { type Input, operate, type Output } from "../../api/parameters";
import { useActing } from "../../app/session";
import { dayOf } from "../../words/dates";
import type { Day, Segment } from "./booking";

/** The next times of a department that can be booked for a referral now, page by page, in their order. */
export function useForReferral(department: string) {
  const { source } = useActing();
  return useInfiniteQuery({
    queryKey: ["booking", "referral", source, department],
    enabled: department !== "",
    initialPageParam: "",
    queryFn: async ({ pageParam, signal }) => {
      const given: Input<"Slot/$find"> = { department, referral: true, page: pageParam || undefined };
      const { data }: Answer<Output<"Slot/$find">> = await operate("Slot/$find", given, { signal });
      return data;
    },
    getNextPageParam: (last) => last.next,
  });
}

/** The days on which there is something among some times, in their order. */
export function daysOf(all: readonly Segment[]): Day[] {
  const days = new Map<string, Day>();
  for (const s of all) {
    const date = dayOf(s.start);
    const day = days.get(date) ?? { date, free: 0, total: 0, stopped: false };
    days.set(date, { ...day, free: day.free + s.free, total: day.total + s.total });
  }
  return [...days.values()];
}

/** The times that suit a doctor: at their own clinics, and at those of no doctor in particular; all of them where none was chosen. */
export const suiting = (all: readonly Segment[], post: string): Segment[] =>
  all.filter((s) => !post || !s.doctor || s.doctor.reference === post);
