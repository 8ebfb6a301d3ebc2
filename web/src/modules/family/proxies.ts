import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { everyMatch, fhir, type Resource } from "../../api/fhir";
import { ask } from "../../api/http";
import { useActing } from "../../app/session";
import { dayAt } from "../../words/dates";
import { useAttempt } from "../cases/moving";
import { consentOf, type Entrusted, entrustedIn, type Wish } from "./entrust";

/** Somebody who may act for the resident because an institution has entered it. */
export interface Entered {
  called: string;
  from: string;
  until: string;
  reason: string;
}

const keys = { entrusted: ["family", "entrusted"] as const, entered: ["family", "entered"] as const };

const pageSize = 200;

/** Whom the resident lets act. */
export function useEntrusted(enabled: boolean) {
  const { resident = "" } = useActing();
  return useQuery({
    queryKey: [...keys.entrusted, resident],
    queryFn: async ({ signal }) => entrustedIn(await everyMatch(`Consent?patient=${resident}&scope=patient-privacy&status=active&_count=${pageSize}`, signal), dayAt(new Date())),
    enabled,
  });
}

/** Who acts for the resident because an institution has entered it. */
export function useEntered(enabled: boolean) {
  const { resident = "" } = useActing();
  return useQuery({ queryKey: [...keys.entered, resident], queryFn: async ({ signal }) => (await ask<{ proxies: Entered[] }>("/auth/proxies", { signal })).data.proxies, enabled });
}

/** Lets somebody act; what is sent again after a failure is the same Consent. */
export function useEntrust() {
  const client = useQueryClient();
  const { resident = "" } = useActing();
  const attempt = useAttempt();
  return useMutation({
    mutationFn: async (wish: Wish) => {
      const now = new Date();
      const id = attempt.keyOf(wish);
      return (await fhir<Resource>(`Consent/${id}`, { method: "PUT", body: consentOf(wish, id, resident, now, dayAt(now)) })).data;
    },
    onSettled: (_, error) => {
      attempt.settled(error);
      return client.invalidateQueries({ queryKey: keys.entrusted });
    },
  });
}

/** Lets somebody act no more. */
export function useEnd() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (one: Entrusted) => {
      const body = [{ op: "replace", path: "/status", value: "inactive" }];
      await fhir(`Consent/${one.consent}`, { method: "PATCH", kind: "application/json-patch+json", body, headers: { "If-Match": `W/"${one.version}"` } });
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.entrusted }),
  });
}
