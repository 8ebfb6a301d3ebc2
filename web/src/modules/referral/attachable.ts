import { useQuery } from "@tanstack/react-query";
import { attachable } from "./attach";
import { batch } from "./batch";

const shown = 60; // of each type, the newest

/** By what types are sorted, the newest first; others come as they are. */
const sorts: Record<string, string> = {
  MedicationRequest: "-authoredon", MedicationStatement: "-effective", ImagingStudy: "-started",
  Observation: "-date", DiagnosticReport: "-date", Procedure: "-date",
};

/** What of a resident's record a letter may take along. */
export function useAttachable(resident: string | undefined) {
  const sorted = (type: string) => (sorts[type] ? `&_sort=${sorts[type]}` : "");
  const urls = attachable.map((type) => `${type}?patient=${resident ?? ""}&_count=${shown}${sorted(type)}`);
  return useQuery({
    queryKey: ["residents", "attachable", resident],
    queryFn: async ({ signal }) => (await batch(urls, signal)).flat().filter((r) => attachable.includes(r.resourceType)),
    enabled: Boolean(resident),
  });
}
