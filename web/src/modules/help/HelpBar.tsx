import { PhoneOutlined } from "@ant-design/icons";
import { useSay, useWho } from "../../app/session";
import { classesOf } from "../../plain/Button";
import { words } from "./words";

/** Help by telephone, at the foot of every page in large type. */
export function HelpBar() {
  const t = useSay();
  const { help, large } = useWho();
  if (!help || !large) return null;
  return (
    <aside className="help-bar" aria-label={t(words.phone)}>
      <a className={classesOf({ size: "small", block: true })} href={`tel:${help.phone}`}><PhoneOutlined aria-hidden />{t(words.bar, help.phone)}</a>
    </aside>
  );
}
