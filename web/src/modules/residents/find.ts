import { type Bundle, fhir, matches, nextOf, type Resource } from "../../api/fhir";
import type { Understood } from "./understand";

/** Residents that were found, and how to find more. */
export interface Found {
  residents: Resource[];
  next: string; // the body of the search for more, "" for none
  by: Understood;
}

interface Asked {
  by: Understood;
  body: string;
  before: Resource[];
  signal?: AbortSignal;
}

/** Searches by what is posted, so that no number stands in an address. */
export async function find({ by, body, before, signal }: Asked): Promise<Found> {
  const { data } = await fhir<Bundle>("Patient/_search", { method: "POST", kind: "application/x-www-form-urlencoded", body, ...(signal && { signal }) });
  return { residents: [...before, ...matches(data)], next: nextOf(data).split("?")[1] ?? "", by };
}
