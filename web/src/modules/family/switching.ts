import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { useActing, useSessionMoves, useWho } from "../../app/session";
import { told } from "../../parts/told";
import { toast } from "../../plain/toasts";

/** Acts for somebody else, or for oneself again; whichever it is, one begins at the start. */
export function useSwitch() {
  const who = useWho();
  const acting = useActing();
  const { act } = useSessionMoves();
  const go = useNavigate();
  const move = useMutation({
    mutationFn: async (source: string) => {
      await act(source);
      await go("/");
    },
    onError: (error) => toast("error", told(error, who.language)),
  });
  const own = who.can?.find((c) => c.role === "resident");
  const to = (source: string) => move.mutate(source);
  return { to, back: acting.role === "proxy" && own ? () => to(own.source) : undefined, busy: move.isPending };
}
