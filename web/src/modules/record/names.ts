import { useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { type Bundle, fhir, type Resource } from "../../api/fhir";
import { exactly } from "../../resource/json/parse";
import { referencesOf } from "../../resource/summary";

/** What else is known of those whom a resource refers to, by their references; contained ones by # and their ids. */
export const Known = createContext<ReadonlyMap<string, Resource>>(new Map());

export const useKnown = (reference: string | undefined): Resource | undefined => useContext(Known).get(reference ?? "");

const asked = ["Patient", "Organization", "Practitioner", "PractitionerRole", "Location", "HealthcareService", "Medication", "Observation", "Condition"];
const most = 20;

/** Asks in one request for those whom resources refer to and who have names. */
export function useNames(of: Resource | undefined) {
  const references = [...referencesOf(of)].filter((r) => asked.includes(r.split("/")[0] ?? "")).slice(0, most);
  return useQuery({
    queryKey: ["record", "names", ...references],
    enabled: references.length > 0,
    staleTime: 300_000,
    queryFn: async ({ signal }) => {
      const entry = references.map((url) => ({ request: { method: "GET", url } }));
      const { data } = await fhir<Bundle>("/fhir/", { method: "POST", kind: "application/fhir+json", parse: exactly, body: { resourceType: "Bundle", type: "batch", entry }, signal });
      return new Map((data.entry ?? []).flatMap((e, i) => (e.resource && references[i] ? [[references[i], e.resource] as const] : [])));
    },
  });
}
