import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { Problem } from "../../api/http";
import { operate, type Output, type Parameters } from "../../api/parameters";
import { useWho } from "../../app/session";
import { type Case, keys, type Place, type Possible, type Step } from "./cases";

/** A key by which the server knows a request that is sent again. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** Whether the server may have carried a request out that failed: then it is sent again under the same key. */
export const mayBeDone = (error: unknown): boolean => error instanceof Problem && (error.status === 0 || error.status >= 500 || error.status === 401);

/** Keeps one key for one attempt: the same content is sent again under it until the server has said what became of it. */
export function useAttempt() {
  const last = useRef({ content: "", key: "" });
  return {
    keyOf: (content: unknown) => {
      const text = JSON.stringify(content);
      if (last.current.content !== text) last.current = { content: text, key: newKey() };
      return last.current.key;
    },
    settled: (error: unknown) => {
      if (!mayBeDone(error)) last.current = { content: "", key: "" };
    },
  };
}

export interface Moving {
  move: Possible;
  with: Parameters;
}

/** What begins a case. */
export interface Beginning {
  move: Pick<Possible, "process" | "code">;
  with: Parameters;
}

/** What a case looks like while a move is on its way. */
export function ahead(before: Case, move: Possible): Case {
  const place: Place = { ...before.place };
  if (move["to-zh"] && move["to-en"]) Object.assign(place, { "state-zh": move["to-zh"], "state-en": move["to-en"], late: false, deadline: undefined });
  return { ...before, place, move: [] };
}

/** The step of a move that is on its way. */
function aheadStep(move: Possible, who: string | undefined, called: string | undefined, at: string): Step {
  const step: Step = { move: move.code, "move-zh": move.zh, "move-en": move.en, to: "", at, pending: true };
  if (move["to-zh"] && move["to-en"]) Object.assign(step, { "to-zh": move["to-zh"], "to-en": move["to-en"] });
  return { ...step, ...(who && { who }), ...(called && { called }) };
}

/** What was done, with a step that is on its way: the case leaves the state that it is in, unless the step stays there. */
function stepsAhead(steps: Step[], next: Step): Step[] {
  const stays = next["to-zh"] !== undefined && next["to-zh"] === steps.at(-1)?.["to-zh"];
  return [...steps.map((s) => (s.until || stays ? s : { ...s, until: next.at })), next];
}

/** Makes a move. The page shows it at once, and goes back to what was there if the server refuses it. */
export function useMove(id: string, version: number) {
  const client = useQueryClient();
  const who = useWho();
  const attempt = useAttempt();
  return useMutation({
    mutationFn: async (asked: Moving) => {
      const headers = { "If-Match": `W/"${version}"`, "Idempotency-Key": attempt.keyOf([asked.move.code, version, asked.with]) };
      return (await operate("Task/[id]/$move", { move: asked.move.code, with: asked.with }, { id, headers })).data;
    },
    onMutate: async (asked: Moving) => {
      await client.cancelQueries({ queryKey: keys.all });
      const [was, steps] = [client.getQueryData<Case>(keys.case(id)), client.getQueryData<Step[]>(keys.history(id))];
      const now = new Date().toISOString();
      if (was) client.setQueryData(keys.case(id), ahead(was, asked.move));
      if (steps) client.setQueryData(keys.history(id), stepsAhead(steps, aheadStep(asked.move, who.person, who.called, now)));
      return { was, steps };
    },
    onError: (error, _asked, before) => {
      client.setQueryData(keys.case(id), before?.was);
      client.setQueryData(keys.history(id), before?.steps);
      attempt.settled(error);
    },
    onSuccess: () => attempt.settled(null),
    onSettled: () => client.invalidateQueries({ queryKey: keys.all }),
  });
}

/** Begins a case; gives its id. */
export function useBegin() {
  const client = useQueryClient();
  const attempt = useAttempt();
  return useMutation({
    mutationFn: async ({ move, with: filled }: Beginning) => {
      const headers = { "Idempotency-Key": attempt.keyOf([move.process, move.code, filled]) };
      return (await operate("Task/$begin", { process: move.process ?? "", move: move.code, with: filled }, { headers })).data.id ?? "";
    },
    onSuccess: () => {
      attempt.settled(null);
      void client.invalidateQueries({ queryKey: keys.all });
    },
    onError: (error) => attempt.settled(error),
  });
}

/** What became of a move in one of several cases. */
export type Outcome = Output<"Task/$move-many">["outcome"][number];

/** Makes one move that needs nothing in several cases, each by itself. */
export function useMoveMany() {
  const client = useQueryClient();
  const attempt = useAttempt();
  return useMutation({
    mutationFn: async ({ cases, move }: { cases: string[]; move: string }) => {
      const headers = { "Idempotency-Key": attempt.keyOf([cases, move]) };
      return (await operate("Task/$move-many", { case: cases, move }, { headers })).data.outcome;
    },
    onSettled: (_out, error) => {
      attempt.settled(error);
      return client.invalidateQueries({ queryKey: keys.all });
    },
  });
}
