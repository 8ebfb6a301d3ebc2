import { type Bundle, fhir, matches, nextOf, type Resource } from "../../api/fhir";
import { Problem } from "../../api/http";
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

/** The number of a card of whom nobody is known by it, or of whom one may not look by numbers, as guides may not; "" for none. */
export function cardOf({ data, error, variables }: { data: Found | undefined; error: unknown; variables: { by: Understood } | undefined }): string {
  const by = variables?.by;
  const refused = error instanceof Problem && error.status === 403;
  return by?.parameter === "identifier" && (refused || data?.residents.length === 0) ? by.value : "";
}
