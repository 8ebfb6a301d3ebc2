import { useQueries } from "@tanstack/react-query";
import { type Bundle, fhir, type Resource } from "../../api/fhir";
import { useWho } from "../../app/session";
import { chunks } from "../../parts/chunks";
import { titleOf } from "../../resource/summary";

const atOnce = 100;

/** What staff and institutions are called, by their references; one request for a hundred of them. Residents are not asked for: a look at the trail is no look at them. */
export function useCalled(references: string[]): ReadonlyMap<string, string> {
  const { language } = useWho();
  const named = useQueries({
    queries: chunks(references, atOnce).map((wanted) => ({
      queryKey: ["trail", "names", ...wanted],
      staleTime: 300_000,
      queryFn: ({ signal }: { signal: AbortSignal }) => read(wanted, signal),
    })),
    combine: all,
  });
  return new Map(named.map(([reference, resource]) => [reference, titleOf(resource, language)]));
}

type Named = readonly [reference: string, resource: Resource];

const all = (parts: { data: Named[] | undefined }[]): Named[] => parts.flatMap((p) => p.data ?? []);

/** The resources that references name, as far as one may see them. */
async function read(wanted: string[], signal: AbortSignal): Promise<Named[]> {
  const body = { resourceType: "Bundle", type: "batch", entry: wanted.map((url) => ({ request: { method: "GET", url } })) };
  const { data } = await fhir<Bundle>("/fhir/", { method: "POST", kind: "application/fhir+json", body, signal });
  return (data.entry ?? []).flatMap(({ resource }, i) => {
    const reference = wanted[i];
    return resource && resource.resourceType !== "OperationOutcome" && reference ? [[reference, resource] as const] : [];
  });
}
