import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type Bundle, fhir } from "../../api/fhir";
import { operate } from "../../api/parameters";
import { clinicians } from "../../app/places";
import { type Acting, type Role, useActing, useWho } from "../../app/session";
import { startOf } from "../../words/dates";
import type { Scope } from "../cases/cases";
import { dayAfter } from "./days";
import { answersOf, hasMore } from "./entries";
import type { Workdays } from "./workdays";

/** The days off and working days between two days. */
export function useWorkdays(from: string, to: string) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["calendar", "workdays", source, from, to],
    queryFn: async ({ signal }): Promise<Workdays> => (await operate("$workdays", { from, to }, { signal })).data,
    placeholderData: keepPreviousData,
    staleTime: 600_000,
  });
}

/** Who may see appointments, and whose slots matter. */
const withAppointments: readonly Role[] = [...clinicians, "office", "guide", "cdc"];
const withSlots: readonly Role[] = [...clinicians, "office", "administrator"];

/** How many appointments and slots, each, are read of a month. */
export const most = 1000;

/** The searches for the appointments and slots of a person, or of an institution, between two days. */
export function searchesOf(acting: Pick<Acting, "role" | "institution">, person: string | undefined, of: Scope, from: string, to: string): string[] {
  const whose = of === "mine" && person ? { appointment: `actor=${person}`, slot: `schedule.actor=${person}` } : of === "office" && acting.institution ? { appointment: `-custodian=${acting.institution}`, slot: `-custodian=${acting.institution}` } : undefined;
  if (!whose) return [];
  const [first, end] = [startOf(from), startOf(dayAfter(to, 1))].map((at) => at.toISOString());
  return [
    ...(withAppointments.includes(acting.role) ? [`Appointment?${whose.appointment}&date=ge${first}&date=lt${end}&_sort=date&_count=${most}`] : []),
    ...(withSlots.includes(acting.role) ? [`Slot?${whose.slot}&start=ge${first}&start=lt${end}&_sort=start&_count=${most}&_elements=schedule,status,start,end`] : []),
  ];
}

/** The appointments and slots between two days, in one request. */
export function useBookings(of: Scope, from: string, to: string) {
  const acting = useActing();
  const { person } = useWho();
  const searches = searchesOf(acting, person, of, from, to);
  return useQuery({
    queryKey: ["calendar", "bookings", acting.source, searches],
    queryFn: async ({ signal }) => {
      const body = { resourceType: "Bundle", type: "batch", entry: searches.map((url) => ({ request: { method: "GET", url } })) };
      const { data } = await fhir<Bundle>("/fhir", { method: "POST", body, signal });
      const found = answersOf(data).flat();
      return { more: hasMore(data), appointments: found.filter((r) => r.resourceType === "Appointment"), slots: found.filter((r) => r.resourceType === "Slot") };
    },
    enabled: searches.length > 0,
    placeholderData: keepPreviousData,
  });
}
