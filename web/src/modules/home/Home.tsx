import { Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { words } from "./words";

/** Where everybody begins. */
export default function Home() {
  const t = useSay();
  const who = useWho();
  return <Typography.Title level={1}>{t(words.hello, who.called ?? "")}</Typography.Title>;
}
