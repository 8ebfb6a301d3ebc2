import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useMemo } from "react";
import type { Acting, Help, Role, Who as Told } from "../api/declared";
import { ask, settings } from "../api/http";
import { type Language, say, type Text } from "../words";
import { regionIn } from "../words/dates";

export type { Acting, Help, Role };

/** Who is signed in, as GET /auth/session tells it. */
export type Who = Told & { language: Language };

const session = "/auth/session";
const key = ["session"];

/** The question who is signed in. */
export const sessionQuery = queryOptions({ queryKey: key, queryFn: async ({ signal }) => (await ask<Who>(session, { signal })).data, staleTime: 60_000 });

/** Reads who is signed in; it is asked anew when the window is looked at again. */
export const useSession = () => useQuery(sessionQuery);

const Known = createContext<Who | null>(null);

/** Gives everything below who is signed in, and acts as something. */
export function WhoProvider({ who, children }: { who: Who; children: ReactNode }) {
  if (who.signed) settings.language = who.language;
  regionIn(who.zone);
  return <Known.Provider value={who}>{children}</Known.Provider>;
}

/** Who is signed in. */
export function useWho(): Who {
  const who = useContext(Known);
  if (!who) throw new Error("nobody is known here");
  return who;
}

/** As what the person acts. */
export function useActing(): Acting {
  const acts = useWho().acts;
  if (!acts) throw new Error("the person acts as nothing");
  return acts;
}

/** Says texts in the person's language. */
export function useSay(): (text: Text, ...put: (string | number)[]) => string {
  const { language } = useWho();
  return useCallback((text, ...put) => say(text, language, ...put), [language]);
}

/** What a person can do about the session and the look of the pages. */
export function useSessionMoves() {
  const client = useQueryClient();
  return useMemo(
    () => ({
      /** Acts as something else from now on: nothing that was read before is kept. */
      act: async (source: string) => {
        const told = await ask<Who>(session, { method: "POST", body: { as: source } });
        client.removeQueries({ predicate: (q) => q.queryKey[0] !== key[0] });
        client.setQueryData(key, told.data);
      },
      /** Signs out, and leads to the page to sign in. */
      end: async () => {
        await ask(session, { method: "DELETE" });
        sessionStorage.clear(); // what was typed and not sent
        window.location.assign("/auth/sign-in");
      },
      /** Changes the language or the size of type. */
      look: async (choice: `lang=${Language}` | "size=large" | "size=usual") => {
        const seen = await fetch(`/auth/view?${choice}&next=${encodeURIComponent("/auth/session")}`, { credentials: "same-origin" });
        await seen.text(); // what is not read keeps the connection
        await client.invalidateQueries();
      },
      again: () => client.invalidateQueries({ queryKey: key }),
    }),
    [client],
  );
}
