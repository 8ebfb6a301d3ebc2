import { type Bundle, fhir, type Resource } from "../../api/fhir";

/** What several searches find, in one request: all that each brings, in the order in which they were asked for; what was refused brings nothing. */
export async function batch(urls: readonly string[], signal: AbortSignal): Promise<Resource[][]> {
  if (urls.length === 0) return [];
  const body = { resourceType: "Bundle", type: "batch", entry: urls.map((url) => ({ request: { method: "GET", url } })) };
  const { data } = await fhir<Bundle>("/fhir/", { method: "POST", body, signal });
  return (data.entry ?? []).map(({ resource }) => (resource?.resourceType === "Bundle" ? ((resource as Bundle).entry ?? []).flatMap((e) => e.resource ?? []) : []));
}
