import { Typography } from "antd";
import { useSay } from "../app/session";
import { words } from "./words";

/** Says below what one chooses from that there is more than is shown. */
export function Narrower({ shown }: { shown: number }) {
  const t = useSay();
  return <Typography.Text type="secondary" role="status" style={{ display: "block", padding: "4px 12px" }}>{t(words.narrower, shown)}</Typography.Text>;
}
