import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { type Input, operate, type Output } from "../../api/parameters";
import { useActing } from "../../app/session";

export type Nearby = Output<"HealthcareService/$departments">["department"][number];
export type Sought = Input<"HealthcareService/$departments">;
export type Kind = Nearby["kind"][number];
export type Insurance = Nearby["insurance"][number];
export type Level = Nearby["level"];
export type Order = Exclude<NonNullable<Sought["order"]>, "fit">;

/** Where somebody is, in degrees. */
export interface Place {
  latitude: number;
  longitude: number;
}

const digits = 3; // behind the point: some hundred metres, which is enough to sort by
const patience = 10_000;

const rough = (x: number): number => Number(x.toFixed(digits));

/** Where the person is, once they have asked for it; it is kept as long as the page is open, and nowhere else. */
export function usePlace() {
  const [place, setPlace] = useState<Place>();
  const [state, setState] = useState<"none" | "asked" | "failed">("none");
  const ask = useCallback(() => {
    if (!("geolocation" in navigator)) return setState("failed");
    setState("asked");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setPlace({ latitude: rough(coords.latitude), longitude: rough(coords.longitude) });
        setState("none");
      },
      () => setState("failed"),
      { timeout: patience, maximumAge: 600_000 },
    );
  }, []);
  const forget = useCallback(() => setPlace(undefined), []);
  return { place, ask, forget, asking: state === "asked", failed: state === "failed" };
}

/** The departments that are as somebody wants; a position never stands in an address. */
export function useNear(sought: Sought, on = true) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["booking", "near", source, sought],
    enabled: on,
    gcTime: 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => (await operate("HealthcareService/$departments", sought, { signal, posted: true })).data,
  });
}

/** Those of a level first, the others in their order. */
export const levelFirst = (all: readonly Nearby[], level: Level | undefined): Nearby[] =>
  level === undefined ? [...all] : [...all.filter((d) => d.level === level), ...all.filter((d) => d.level !== level)];

/** How many departments are compared at most. */
export const comparedMost = 3;

/** What is compared after a department was chosen, or left out again; of too many the first gives way. */
export const toggled = (chosen: readonly string[], department: string): string[] =>
  chosen.includes(department) ? chosen.filter((d) => d !== department) : [...chosen, department].slice(-comparedMost);

/** Which of those compared is best by a number or a time, "" where that is not just one. */
export function bestBy(all: readonly Nearby[], value: (d: Nearby) => number | undefined): string {
  const told = all.map((d) => [d.reference.reference, value(d)] as const).filter((one): one is readonly [string, number] => one[1] !== undefined);
  const least = Math.min(...told.map(([, v]) => v));
  const best = told.filter(([, v]) => v === least);
  return told.length > 1 && best.length === 1 ? (best[0]?.[0] ?? "") : "";
}
