import { BellOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useSay, useSession, useWho } from "../../app/session";
import { LinkButton } from "../../parts/LinkButton";
import { toast } from "../../plain/toasts";
import { listen } from "./live";
import { bothOf, keys, linkOf, useUnread } from "./notices";
import { words } from "./words";

const most = 99; // that are counted out

/** How many messages are unread, on every page; it hears of new ones, and lets everything be asked for anew that they may have changed. */
export function Bell() {
  const t = useSay();
  const { language } = useWho();
  const { data } = useUnread();
  const signed = useSession().data?.signed ?? false;
  const [round, listenAgain] = useState(0); // for who has signed in again
  const client = useQueryClient();
  useEffect(() => {
    if (!signed) return;
    const anew = () => {
      void client.invalidateQueries({ queryKey: keys.all });
      void client.invalidateQueries({ queryKey: ["cases"] });
    };
    let opened = false;
    return listen({
      open: () => {
        if (opened) anew(); // what came while nobody listened
        opened = true;
      },
      fresh: (notice) => {
        anew();
        if (!notice) return;
        toast("info", t(words.fresh, bothOf(notice.title, language)), { text: bothOf(notice.text, language), to: linkOf(notice) || undefined });
      },
      lost: () => void client.invalidateQueries({ queryKey: keys.count }), // which tells whether the server can be reached
      ended: () => void client.invalidateQueries({ queryKey: ["session"] }).then(() => listenAgain((n) => n + 1)),
    });
  }, [client, t, language, signed, round]);
  const unread = data?.unread ?? 0;
  const label = unread === 0 ? t(words.bell) : t(data?.more ? words.bellMany : words.bellUnread, unread);
  return (
    <LinkButton
      type="text"
      to="/messages"
      className="bell narrow"
      icon={<><BellOutlined aria-hidden />{unread > 0 && <span className="count numbers" aria-hidden>{unread > most ? `${most}+` : unread}</span>}</>}
      aria-label={label}
    />
  );
}
