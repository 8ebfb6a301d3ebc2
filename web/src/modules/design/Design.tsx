import { Typography } from "antd";
import { useSay } from "../../app/session";
import { words } from "./words";

/** How the components look that pages are made of. */
export default function Design() {
  const t = useSay();
  return <Typography.Title level={1}>{t(words.title)}</Typography.Title>;
}
