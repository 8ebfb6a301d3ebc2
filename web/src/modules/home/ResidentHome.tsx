import { Flex, Typography } from "antd";
import { useState } from "react";
import { placesOf } from "../../app/places";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { IdentityCard } from "../card/IdentityCard";
import { useInbox } from "../cases/cases";
import { Matter } from "../cases/Matters";
import { useUnread } from "../messages/notices";
import { OneByOne } from "./OneByOne";
import { type Way, Ways } from "./Ways";
import { words } from "./words";

const shown = 3; // matters that come first

/** Where residents begin: who they are, what waits for them, and the ways on. In large type there is one thing to decide at a time. */
export default function ResidentHome() {
  const t = useSay();
  const { called, large } = useWho();
  const { role } = useActing();
  const mine = useInbox({ of: "mine", count: 20 });
  const unread = useUnread().data?.unread ?? 0;
  const waiting = (mine.data?.pages ?? []).flatMap((p) => p.case);
  const [later, setLater] = useState(false); // what waits is put off
  const paths = placesOf(role).map((p) => p.path);
  const ways: Way[] = [
    { to: "matters", icon: "check", title: t(words.matters), why: t(words.mattersWhy) },
    { to: "record", icon: "record", title: t(words.record), why: t(words.recordWhy) },
    { to: "messages", icon: "messages", title: t(words.messages), why: unread > 0 ? t(words.messagesUnread, unread) : t(words.messagesWhy) },
    { to: "family", icon: "people", title: t(words.family), why: t(words.familyWhy) },
    { to: "looked", icon: "trail", title: t(words.looked), why: t(words.lookedWhy) },
    { to: "help", icon: "help", title: t(words.help), why: t(words.helpWhy) },
  ];
  return (
    <Flex vertical gap="large">
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.hello, called ?? "")}</Typography.Title>
      <IdentityCard />
      {mine.isPending && <Loading rows={2} />}
      {mine.error && <Failed error={mine.error} again={() => void mine.refetch()} />}
      {large && waiting.length > 0 && !later ? (
        <OneByOne waiting={waiting} onLater={() => setLater(true)} />
      ) : large && mine.isPending ? null : (
        <>
          {mine.data && (
            <section>
              <Typography.Title level={2} style={{ marginBlockStart: 0 }}>{t(words.waits)}</Typography.Title>
              {waiting.length === 0 && <Typography.Text type="secondary">{t(words.nothingWaits)}</Typography.Text>}
              <Flex vertical gap="small">{waiting.slice(0, large ? 1 : shown).map((p) => <Matter key={p.case} place={p} />)}</Flex>
            </section>
          )}
          <Ways ways={ways.filter((w) => paths.includes(w.to))} />
        </>
      )}
    </Flex>
  );
}
