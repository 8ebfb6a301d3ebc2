import { useQuery } from "@tanstack/react-query";
import type { Resource } from "../../api/fhir";
import { useActing } from "../../app/session";
import { asked, type Visit } from "../booking/booking";
import type { Nearby } from "../booking/near";

/** What the operator and the caller are at. */
export type Step =
  | { at: "find" }
  | { at: "visits" }
  | { at: "visit"; visit: Visit }
  | { at: "department" }
  | { at: "triage" }
  | { at: "day"; department: string; change?: Visit | undefined }
  | { at: "time"; department: string; day: string; change?: Visit | undefined }
  | { at: "confirm"; department: string; day: string; slot: Chosen; change?: Visit | undefined };

/** A time that was chosen. */
export interface Chosen {
  slot: string;
  start: string;
  end: string;
  what: string; // hospital, department and doctor
  price?: number | undefined;
}

/** The step before one; nothing before the first. */
export function before(step: Step): Step {
  switch (step.at) {
    case "visits":
    case "find":
      return { at: "find" };
    case "visit":
    case "department":
    case "triage":
      return { at: "visits" };
    case "day":
      return step.change ? { at: "visit", visit: step.change } : { at: "department" };
    case "time":
      return { at: "day", department: step.department, change: step.change };
    case "confirm":
      return { at: "time", department: step.department, day: step.day, change: step.change };
  }
}

/** The departments of which the hospital, the name or a doctor has all that was typed, word by word. */
export function named(all: readonly Nearby[], typed: string): Nearby[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const text = (d: Nearby) => [d.institution.display, d.reference.display, ...d.doctor.map((one) => one.display)].join(" ").toLowerCase();
  return all.filter((d) => words.every((word) => text(d).includes(word)));
}

/** The number by which a key moves a choice among so many. */
export function moved(at: number, key: string, count: number): number {
  if (count === 0) return 0;
  if (key === "ArrowDown") return (at + 1) % count;
  if (key === "ArrowUp") return (at + count - 1) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : Math.min(at, count - 1);
}

/** A telephone number of somebody, "" for none. */
export const phoneOf = (who: Resource): string => ((who["telecom"] ?? []) as { system?: string; value?: string }[]).find((c) => c.system === "phone")?.value ?? "";

/** The visits of a caller that the operator looks after. */
export function useOfCaller(patient: string) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["booking", "caller", source, patient],
    enabled: patient !== "",
    gcTime: 0,
    queryFn: async ({ signal }) => (await asked<{ visit: Visit[] }>("Appointment/$visits", { patient }, ["visit"], signal)).visit,
  });
}
