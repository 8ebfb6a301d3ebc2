import { BellOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Badge } from "antd";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { useSay, useSession, useWho } from "../../app/session";
import { LinkButton } from "../../parts/LinkButton";
import { listen } from "./live";
import { bothOf, keys, linkOf, useUnread } from "./notices";
import { words } from "./words";

/** How many messages are unread, on every page; it hears of new ones, and lets everything be asked for anew that they may have changed. */
export function Bell() {
  const t = useSay();
  const { language } = useWho();
  const { data } = useUnread();
  const signed = useSession().data?.signed ?? false;
  const [round, listenAgain] = useState(0); // for who has signed in again
  const client = useQueryClient();
  const { notification } = App.useApp();
  const go = useNavigate();
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
        const link = linkOf(notice);
        notification.open({
          key: notice.id, title: t(words.fresh, bothOf(notice.title, language)), description: bothOf(notice.text, language), role: "status",
          ...(link && { onClick: () => void go(link) }),
        });
      },
      lost: () => void client.invalidateQueries({ queryKey: keys.count }), // which tells whether the server can be reached
      ended: () => void client.invalidateQueries({ queryKey: ["session"] }).then(() => listenAgain((n) => n + 1)),
    });
  }, [client, notification, go, t, language, signed, round]);
  const unread = data?.unread ?? 0;
  const label = unread === 0 ? t(words.bell) : t(data?.more ? words.bellMany : words.bellUnread, unread);
  return (
    <LinkButton
      type="text"
      to="/messages"
      icon={<Badge count={unread} overflowCount={99} size="small" style={{ pointerEvents: "none" }} styles={{ root: { color: "inherit", fontSize: "inherit" } }}><BellOutlined /></Badge>}
      aria-label={label}
    />
  );
}
