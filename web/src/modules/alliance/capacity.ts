import type { Resource } from "../../api/fhir";
import type { Agreement } from "./agreements";

const perDay = "urn:yitong:referrals-a-day";

/** How many referrals a day a department may say that it takes. */
export const capacityMost = 9999;

interface Extension {
  url?: string;
  valueInteger?: number;
}

const extensionsOf = (service: Resource | undefined): Extension[] => (service?.["extension"] as Extension[] | undefined) ?? [];

/** How many referrals a day a department takes, undefined where it does not say. */
export const capacityOf = (service: Resource | undefined): number | undefined =>
  extensionsOf(service).find((e) => e.url === perDay)?.valueInteger;

/** A department that takes so many referrals a day; undefined: it does not say. */
export function withCapacity({ extension, ...service }: Resource, most: number | undefined): Resource {
  const others = extensionsOf({ ...service, extension } as Resource).filter((e) => e.url !== perDay);
  const all = most === undefined ? others : [...others, { url: perDay, valueInteger: most }];
  return { ...(service as Resource), ...(all.length > 0 && { extension: all }) };
}

/** Whether an agreement that holds says that a department takes referrals. */
export const takes = (agreements: readonly Agreement[], service: Resource): boolean =>
  agreements.some((a) => a.state === "holds" && a.services.some((s) => s.reference === `HealthcareService/${service.id}`));
