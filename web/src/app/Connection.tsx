import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Told } from "../plain/Told";
import { toast } from "../plain/toasts";
import { useReached } from "./reached";
import { useSay } from "./session";
import { words } from "./words";

/** Tells that the server cannot be reached, and when it can again; what is shown is asked for anew then. */
export function Connection() {
  const t = useSay();
  const client = useQueryClient();
  const reached = useReached();
  const lost = useRef(false);
  useEffect(() => {
    const back = reached && lost.current;
    lost.current = !reached;
    if (!back) return;
    toast("success", t(words.back));
    void client.invalidateQueries();
  }, [reached, client, t]);
  return reached ? null : <Told kind="warning" className="banner" role="status" title={t(words.offline)} />;
}
