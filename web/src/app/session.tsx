import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useMemo } from "react";
import type { Acting, Help, Role, Who as Told } from "../api/declared";
import { ask, settings } from "../api/http";
import { told as inWords } from "../parts/told";
import { toast } from "../plain/toasts";
import { type Language, say, type Text } from "../words";
import { regionIn } from "../words/dates";

export type { Acting, Help, Role };

/** Who is signed in, as GET /auth/session tells it. */
export type Who = Told & { language: Language };

const session = "/auth/session";
const key = ["session"];

const kept = { called: "", source: "" }; // for whom the browser holds what was read
let held = false;

/** Holds on to what was read, whoever signs in, as long as a page waits for its person to come back. */
export const holdOn = (is: boolean): void => {
  held = is;
};

/** Lets go of what was read by somebody else, or as something else, before the next one sees it; and of what somebody else has typed. */
function keepFor(client: QueryClient, { signed, called = "", acts }: Who) {
  if (!signed) return;
  const source = acts?.source ?? "";
  if (kept.called && kept.called !== called) sessionStorage.clear();
  if (kept.called && (kept.called !== called || kept.source !== source)) client.removeQueries({ predicate: (q) => q.queryKey[0] !== key[0] });
  Object.assign(kept, { called, source });
}

/** The question who is signed in. */
export const sessionQuery = queryOptions({
  queryKey: key,
  queryFn: async ({ signal, client }) => {
    const { data } = await ask<Who>(session, { signal });
    if (!held) keepFor(client, data);
    return data;
  },
  staleTime: 60_000,
});

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
  const { language } = useWho();
  return useMemo(() => {
    const failed = (error: Error) => toast("error", inWords(error, language));
    const put = async (source: string) => (await ask<Who>(session, { method: "POST", body: { as: source } })).data;
    const take = (who: Who) => {
      keepFor(client, who);
      client.setQueryData(key, who);
    };
    const act = async (source: string) => take(await put(source));
    return {
      /** Acts as something else from now on: nothing that was read before is kept. */
      act,
      /** The same; it is told where it fails. */
      turn: (source: string) => act(source).catch(failed),
      /** Signs out, and leads to the page to sign in. */
      end: () =>
        ask(session, { method: "DELETE" }).then(() => {
          sessionStorage.clear(); // what was typed and not sent
          window.location.assign("/auth/sign-in");
        }, failed),
      /** Changes the language or the size of type. */
      look: (choice: `lang=${Language}` | "size=large" | "size=usual") =>
        ask(`/auth/view?${choice}&next=${encodeURIComponent("/auth/session")}`).then(() => client.invalidateQueries(), failed),
      /** Goes on after a session has ended, as what one acted in it; undefined as long as nobody has signed in again. */
      again: async (before: Who): Promise<Who | undefined> => {
        let { data: who } = await ask<Who>(session);
        if (!who.signed) return undefined;
        const source = before.acts?.source ?? "";
        if (who.acts?.source !== source && who.can?.some((c) => c.source === source)) who = await put(source);
        take(who);
        void client.invalidateQueries();
        return who;
      },
    };
  }, [client, language]);
}
