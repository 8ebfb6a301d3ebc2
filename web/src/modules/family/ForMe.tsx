import { App, Button, Flex } from "antd";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { useTimes } from "../../parts/times";
import { told } from "../../parts/told";
import { maskedOf } from "../card/identity";
import { kinds } from "../residents/kinds";
import { type Entrusted, lastOf } from "./entrust";
import { Person } from "./Family";
import { useEnd, useEntered, useEntrusted } from "./proxies";
import { listed } from "../../words/list";
import { toast } from "../../plain/toasts";
import { words } from "./words";

/** Who may act for oneself: by one's own wish, which one can end, or because an institution has entered it. */
export function ForMe() {
  const t = useSay();
  const { help } = useWho();
  const times = useTimes();
  const own = useEntrusted(true);
  const entered = useEntered(true);
  const failed = own.error ?? entered.error;
  if (failed) return <Failed error={failed} again={() => void Promise.all([own.refetch(), entered.refetch()])} />;
  if (!own.data || !entered.data) return <Loading rows={2} />;
  if (own.data.length + entered.data.length === 0) return <Empty title={t(words.nobody)} why={t(words.nobodyWhy)} />;
  const earlier = help ? t(words.atWindowOrCall, help.phone) : t(words.atWindow);
  return (
    <Flex vertical gap="small">
      {own.data.map((one) => <Trusted key={one.consent + one.number} one={one} />)}
      {entered.data.map((e) => <Person key={e.called + e.until} called={e.called} facts={[t(words.reason, e.reason), t(words.until, times.day(lastOf(e.until))), earlier]} />)}
    </Flex>
  );
}

/** Somebody whom one has let act. */
function Trusted({ one }: { one: Entrusted }) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const end = useEnd();
  const { modal } = App.useApp();
  const called = one.called || t(words.someone);
  const sees = one.kinds ? listed(kinds.filter((k) => one.kinds?.includes(k.key)).map((k) => t(k.words)), language) : t(words.seesAll);
  const facts = [one.number && maskedOf(one.number), t(words.sees, sees), one.until && t(words.until, times.day(one.until))].filter(Boolean);
  const ask = () =>
    void modal.confirm({
      title: t(words.endTitle, called),
      content: t(words.endWhat),
      okText: t(words.end),
      okButtonProps: { danger: true },
      cancelText: t(words.keep),
      onOk: () =>
        end.mutateAsync(one).then(
          () => toast("success", t(words.ended)),
          (error: Error) => toast("error", told(error, language)),
        ),
    });
  return <Person called={called} facts={facts}><Button danger aria-label={t(words.endOf, called)} onClick={ask}>{t(words.end)}</Button></Person>;
}
