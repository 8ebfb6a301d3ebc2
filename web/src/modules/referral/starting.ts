import { useMutation, useQueryClient } from "@tanstack/react-query";
import { operate, type Parameters } from "../../api/parameters";
import { keys } from "../cases/cases";
import { useAttempt, useBegin } from "../cases/moving";
import type { Way } from "./agreements";

/** What begins a referral, and its letter where that is written at once. */
export interface Starting {
  begin: Parameters;
  letter: Parameters | undefined;
}

/** A referral that has begun: its case, and what was wrong with its letter. */
export interface Started {
  id: string;
  refused?: Error;
}

/** Begins a referral and writes its letter. What is tried again after a failure begins no other one. */
export function useStart(way: Way) {
  const client = useQueryClient();
  const { mutateAsync: begin } = useBegin();
  const attempt = useAttempt();
  return useMutation({
    mutationFn: async ({ begin: filled, letter }: Starting): Promise<Started> => {
      const move = { process: `referral-${way}`, code: way === "up" ? "consult" : "assess" };
      const id = await begin({ move, with: filled });
      if (!letter) return { id };
      try {
        const headers = { "Idempotency-Key": attempt.keyOf([id, letter]) };
        await operate("Task/[id]/$move", { move: "refer", with: letter }, { id, headers });
        attempt.settled(null);
        return { id };
      } catch (error) {
        attempt.settled(error);
        return { id, refused: error as Error };
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.all }),
  });
}
