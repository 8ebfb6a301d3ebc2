import { useQuery } from "@tanstack/react-query";
import { fhir } from "../../api/fhir";

interface Statement {
  rest?: { resource?: { type: string; searchParam?: { name: string; type: string }[] }[] }[];
}

/** By what types are searched: of each type its parameters with their kinds. */
export function useCapability() {
  return useQuery({
    queryKey: ["search", "capability"],
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const { data } = await fhir<Statement>("metadata", { signal });
      return new Map((data.rest?.[0]?.resource ?? []).map((r) => [r.type, new Map((r.searchParam ?? []).map((p) => [p.name, p.type]))]));
    },
  });
}

/** What parameters of the result take: they are offered beside those of the type. */
export const ofResult = new Map([["_sort", "special"], ["_count", "number"], ["_include", "special"]]);
