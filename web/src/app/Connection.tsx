import { useQueryClient } from "@tanstack/react-query";
import { Alert, App } from "antd";
import { useEffect, useRef } from "react";
import { useReached } from "./reached";
import { useSay } from "./session";
import { words } from "./words";

/** Tells that the server cannot be reached, and when it can again; what is shown is asked for anew then. */
export function Connection() {
  const t = useSay();
  const client = useQueryClient();
  const { message } = App.useApp();
  const reached = useReached();
  const lost = useRef(false);
  useEffect(() => {
    const back = reached && lost.current;
    lost.current = !reached;
    if (!back) return;
    void message.success(t(words.back));
    void client.invalidateQueries();
  }, [reached, client, message, t]);
  return reached ? null : <Alert banner type="warning" role="status" title={t(words.offline)} />;
}
