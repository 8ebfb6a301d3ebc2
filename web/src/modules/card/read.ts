import { useQuery } from "@tanstack/react-query";
import { type Bundle, fhir } from "../../api/fhir";
import { Problem } from "../../api/http";
import { useActing } from "../../app/session";
import { dayAt } from "../../words/dates";
import { type Identity, identityOf } from "./identity";

/** Reads what identifies oneself, or whom one acts for; with the institution and the doctor, in one request. */
export function useIdentity() {
  const { resident = "" } = useActing();
  return useQuery({
    queryKey: ["card", resident],
    queryFn: async ({ signal }): Promise<Identity> => {
      const id = resident.replace("Patient/", "");
      const { data } = await fhir<Bundle>(`Patient?_id=${id}&_include=Patient:organization&_include=Patient:general-practitioner`, { signal });
      const all = (data.entry ?? []).flatMap((e) => (e.resource ? [e.resource] : []));
      const patient = all.find((r) => r.resourceType === "Patient" && r.id === id);
      if (!patient) throw new Problem(404, "");
      return identityOf(patient, new Map(all.map((r) => [`${r.resourceType}/${r.id}`, r])), dayAt(new Date()));
    },
    enabled: resident !== "",
    staleTime: 300_000,
  });
}
