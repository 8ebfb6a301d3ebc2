import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type Bundle, fhir } from "../../api/fhir";
import { useWho } from "../../app/session";
import { titleOf } from "../../resource/summary";

const most = 100;

/** What staff and institutions are called, by their references, in one request. Residents are not asked for: a look at the trail is no look at them. */
export function useCalled(references: string[]): ReadonlyMap<string, string> {
  const { language } = useWho();
  const wanted = references.slice(0, most).sort();
  const { data } = useQuery({
    queryKey: ["trail", "names", ...wanted],
    enabled: wanted.length > 0,
    staleTime: 300_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const entry = wanted.map((url) => ({ request: { method: "GET", url } }));
      const body = { resourceType: "Bundle", type: "batch", entry };
      const { data: bundle } = await fhir<Bundle>("/fhir/", { method: "POST", kind: "application/fhir+json", body, signal });
      return (bundle.entry ?? []).flatMap(({ resource }, i) => {
        const reference = wanted[i];
        return resource && resource.resourceType !== "OperationOutcome" && reference ? [[reference, resource] as const] : [];
      });
    },
  });
  return new Map((data ?? []).map(([reference, resource]) => [reference, titleOf(resource, language)]));
}
