import { UserSwitchOutlined } from "@ant-design/icons";
import { useSwitch } from "../modules/family/switching";
import { Button } from "../plain/Button";
import { useActing, useSay } from "./session";
import { words } from "./words";

/** Says on every page for whom one acts, with the way back to oneself; nothing where one acts for oneself or at work. */
export function ForWhom() {
  const t = useSay();
  const { role, where = "" } = useActing();
  const { back, busy } = useSwitch();
  if (role !== "proxy") return null;
  return (
    <section aria-label={t(words.actingFor, where)} className="for-whom line">
      <UserSwitchOutlined aria-hidden />
      <strong>{t(words.actingFor, where)}</strong>
      {back && <Button size="small" busy={busy} onClick={back}>{t(words.backToMe)}</Button>}
    </section>
  );
}
