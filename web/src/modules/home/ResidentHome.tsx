import { useState } from "react";
import { placesOf } from "../../app/places";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { IdentityCard } from "../card/IdentityCard";
import { useInbox } from "../cases/cases";
import { Matter } from "../cases/Matter";
import { useUnread } from "../messages/notices";
import { QueueNow } from "../queue/QueueNow";
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
    { to: "booking", icon: "visit", title: t(words.booking), why: t(words.bookingWhy) },
    { to: "matters", icon: "check", title: t(words.matters), why: t(words.mattersWhy) },
    { to: "record", icon: "record", title: t(words.record), why: t(words.recordWhy) },
    { to: "messages", icon: "messages", title: t(words.messages), why: unread > 0 ? t(words.messagesUnread, unread) : t(words.messagesWhy) },
    { to: "family", icon: "people", title: t(words.family), why: t(words.familyWhy) },
    { to: "looked", icon: "trail", title: t(words.looked), why: t(words.lookedWhy) },
    { to: "help", icon: "help", title: t(words.help), why: t(words.helpWhy) },
  ];
  return (
    <div className="stack far plain">
      <h1>{t(words.hello, called ?? "")}</h1>
      <QueueNow />
      <IdentityCard />
      {mine.error && <Failed error={mine.error} again={() => void mine.refetch()} />}
      {large && mine.isPending ? (
        <Loading rows={2} />
      ) : large && waiting.length > 0 && !later ? (
        <OneByOne waiting={waiting} onLater={() => setLater(true)} />
      ) : (
        <>
          {!mine.error && (
            <section className="stack" aria-busy={mine.isPending}>
              <h2>{t(words.waits)}</h2>
              {waiting.length === 0 && <span className="quiet">{t(mine.isPending ? words.looking : words.nothingWaits)}</span>}
              {waiting.slice(0, large ? 1 : shown).map((p) => <Matter key={p.case} place={p} />)}
            </section>
          )}
          <Ways ways={ways.filter((w) => paths.includes(w.to))} />
        </>
      )}
    </div>
  );
}
