import { Tag } from "antd";
import { useSay } from "../../app/session";
import type { GrantState, State } from "./states";
import { words } from "./words";

const colours: Record<State | GrantState, "success" | "warning" | "error" | "default"> = {
  open: "success", invited: "warning", new: "warning", disabled: "error", expired: "error",
  holds: "success", later: "warning", over: "default", ended: "default",
};

/** How an account or a role stands, in words. */
export function Standing({ of }: { of: State | GrantState }) {
  const t = useSay();
  return <Tag color={colours[of]} variant="outlined" style={{ marginInlineEnd: 0 }}><strong>{t(words[of])}</strong></Tag>;
}
