import { DownOutlined, MenuOutlined, UserOutlined } from "@ant-design/icons";
import { type ReactNode, type SyntheticEvent, useState } from "react";
import { Link, useLocation } from "react-router";
import { HelpBar } from "../modules/help/HelpBar";
import { Bell } from "../modules/messages/Bell";
import { Button } from "../plain/Button";
import { Dialog } from "../plain/Dialog";
import { MenuButton } from "../plain/MenuButton";
import { useWide } from "../plain/screen";
import { Toasts } from "../plain/Toasts";
import { Connection } from "./Connection";
import { Foot } from "./Foot";
import { ForWhom } from "./ForWhom";
import { iconOf } from "./icons";
import { PaletteButton } from "./palette/PaletteButton";
import { fetchAhead, menuOf, people, type Place } from "./places";
import { PrintHead } from "./PrintHead";
import { useActing, useSay, useSessionMoves, useWho } from "./session";
import { roles, words } from "./words";

const inMost = 5; // tabs fit beside each other

/** The frame of every page: who acts as what, the places of the role, the page itself. */
export function Shell({ children }: { children: ReactNode }) {
  const t = useSay();
  const { role } = useActing();
  const wide = useWide("wide");
  const [open, setOpen] = useState(false);
  const menu = menuOf(role);
  const mobile = people.some((r) => r === role);
  /** What a link leads to is fetched when somebody reaches for it. */
  const reach = (event: SyntheticEvent) => {
    const link = event.target instanceof Element && event.target.closest("a");
    if (link && link.origin === window.location.origin) fetchAhead(link.pathname, role);
  };
  return (
    <div className={mobile ? "shell people" : "shell"} onPointerOver={reach} onFocus={reach}>
      <a className="skip" href="#main">{t(words.skip)}</a>
      <header className="shell-top">
        {!wide && !mobile && <Button type="text" className="narrow" icon={<MenuOutlined aria-hidden />} aria-label={t(words.menu)} aria-expanded={open} onClick={() => setOpen(true)} />}
        <Link to="/" className="shell-name">
          <img src="/app/mark.svg" alt="" width={30} height={30} />
          {t(words.product)}
        </Link>
        <PaletteButton />
        <Bell />
        <Looks />
        <Me />
        <ForWhom />
      </header>
      <PrintHead />
      <Connection />
      <Toasts />
      <div className="shell-middle">
        {wide && <aside className="shell-aside"><Places menu={menu} className="places" /></aside>}
        <main id="main" tabIndex={-1}>
          <div>{children}</div>
        </main>
      </div>
      {mobile && (
        <Foot>
          <HelpBar />
          {!wide && <Places menu={menu.slice(0, inMost)} className="tabs" />}
        </Foot>
      )}
      {open && (
        <Dialog look="drawer" title={t(words.product)} onClose={() => setOpen(false)}>
          <Places menu={menu} className="places" onGo={() => setOpen(false)} />
        </Dialog>
      )}
    </div>
  );
}

/** The place where the person is: that with the longest path which the address begins with. */
function hereOf(menu: Place[], pathname: string): string {
  const fits = menu.filter((p) => p.path === "" ? pathname === "/" : `${pathname}/`.startsWith(`/${p.path}/`));
  return fits.sort((a, b) => b.path.length - a.path.length)[0]?.path ?? "/"; // no place
}

/** The places of a menu, as a list beside the page or as tabs at the foot of small screens. */
function Places({ menu, className, onGo }: { menu: Place[]; className: "places" | "tabs"; onGo?: () => void }) {
  const t = useSay();
  const here = hereOf(menu, useLocation().pathname);
  return (
    <nav aria-label={t(words.places)}>
      <ul className={className}>
        {menu.map((p) => (
          <li key={p.path}>
            <Link to={`/${p.path}`} aria-current={p.path === here ? "page" : undefined} onClick={onGo}>
              <span aria-hidden>{iconOf(p.icon)}</span>
              {t(p.words)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Language and size of type, in fewer letters on small screens. */
function Looks() {
  const t = useSay();
  const wide = useWide("small");
  const { large, language } = useWho();
  const { look } = useSessionMoves();
  const size = t(large ? words.usual : words.large);
  return (
    <span className="looks">
      <Button type="text" className="narrow" lang={language === "en" ? "zh-CN" : "en"} aria-label={wide ? undefined : `${t(words.languageBrief)} ${t(words.language)}`} onClick={() => void look(language === "en" ? "lang=zh-CN" : "lang=en")}>{t(wide ? words.language : words.languageBrief)}</Button>
      <Button type="text" className="narrow" aria-pressed={large} aria-label={size} onClick={() => void look(large ? "size=usual" : "size=large")}>{wide ? size : t(large ? words.usualBrief : words.largeBrief)}</Button>
    </span>
  );
}

/** Who is signed in, as what, and what else they can act as. */
function Me() {
  const t = useSay();
  const who = useWho();
  const acting = useActing();
  const { turn, end } = useSessionMoves();
  const wide = useWide("small");
  const brief = !wide; // as what one acts is told in the menu, and whom one acts for below
  const others = (who.can ?? []).filter((c) => c.source !== acting.source);
  return (
    <MenuButton
      label={brief ? t(roles[acting.role]) : undefined}
      face={
        <>
          {wide && <strong>{who.called}</strong>}
          {brief ? <UserOutlined aria-hidden /> : <span>{t(roles[acting.role])}</span>}
          {!brief && <DownOutlined aria-hidden />}
        </>
      }
    >
      <div role="presentation">{t(words.actsAs, t(roles[acting.role]), acting.where ?? "")}</div>
      {others.length > 0 && (
        <div role="group" aria-label={t(words.actAs)}>
          <div role="presentation">{t(words.actAs)}</div>
          {others.map((c) => <button key={c.source} type="button" role="menuitem" tabIndex={-1} onClick={() => void turn(c.source)}>{t(roles[c.role])} {c.where}</button>)}
        </div>
      )}
      <hr />
      <a role="menuitem" tabIndex={-1} href="/auth/me">{t(words.account)}</a>
      <button type="button" role="menuitem" tabIndex={-1} onClick={() => void end()}>{t(words.signOut)}</button>
    </MenuButton>
  );
}
