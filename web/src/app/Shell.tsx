import { DownOutlined, MenuOutlined, UserOutlined } from "@ant-design/icons";
import { Button, Drawer, Dropdown, Grid, Layout, Menu, Space, theme } from "antd";
import { type ReactNode, useRef, useState } from "react";
import { Link, useLocation } from "react-router";
import { HelpBar } from "../modules/help/HelpBar";
import { Bell } from "../modules/messages/Bell";
import { Connection } from "./Connection";
import { Foot } from "./Foot";
import { ForWhom } from "./ForWhom";
import { iconOf } from "./icons";
import { PaletteButton } from "./palette/PaletteButton";
import { menuOf, people, type Place } from "./places";
import { PrintHead } from "./PrintHead";
import { useActing, useSay, useSessionMoves, useWho } from "./session";
import { roles, words } from "./words";

/** The frame of every page: who acts as what, the places of the role, the page itself. */
export function Shell({ children }: { children: ReactNode }) {
  const t = useSay();
  const { token } = theme.useToken();
  const acting = useActing();
  const wide = Grid.useBreakpoint().lg ?? true;
  const [open, setOpen] = useState(false);
  const menu = menuOf(acting.role);
  const mobile = people.some((role) => role === acting.role);
  return (
    <Layout style={{ minHeight: "100vh" }}>
      <a className="skip" href="#main">{t(words.skip)}</a>
      <Layout.Header className="shell-top" style={{ position: "sticky", top: 0, zIndex: 10, display: "flex", alignItems: "center", flexWrap: "wrap", justifyContent: "flex-end", gap: wide ? "0 12px" : 0, height: "auto", minHeight: token.controlHeight + 24, lineHeight: "normal", borderBottom: `1px solid ${token.colorBorderSecondary}` }}>
        {!wide && !mobile && <Button type="text" icon={<MenuOutlined />} aria-label={t(words.menu)} aria-expanded={open} onClick={() => setOpen(true)} />}
        <Link to="/" style={{ display: "flex", alignItems: "center", gap: 10, color: token.colorText, fontWeight: 650, fontSize: token.fontSizeLG, marginInlineEnd: "auto", whiteSpace: "nowrap" }}>
          <img src="/app/mark.svg" alt="" width={30} height={30} />
          {t(words.product)}
        </Link>
        <PaletteButton />
        <Bell />
        <Looks />
        <Me />
        <ForWhom />
      </Layout.Header>
      <PrintHead />
      <Connection />
      <Layout>
        {wide && (
          <Layout.Sider className="shell-aside" width={232} theme="light" style={{ borderInlineEnd: `1px solid ${token.colorBorderSecondary}` }}>
            <nav aria-label={t(words.places)} style={{ position: "sticky", top: token.controlHeight * (acting.role === "proxy" ? 2 : 1) + 24 }}>
              <Places menu={menu} onGo={() => {}} />
            </nav>
          </Layout.Sider>
        )}
        <Layout.Content id="main" tabIndex={-1} style={{ minWidth: 0, padding: wide ? 24 : 16, outline: "none" }}>
          <div style={{ maxWidth: mobile ? 880 : 1600, margin: "0 auto" }}>{children}</div>
        </Layout.Content>
      </Layout>
      {mobile && (
        <Foot>
          <HelpBar />
          {!wide && <Tabs menu={menu.slice(0, 5)} />}
        </Foot>
      )}
      <Drawer open={open} onClose={() => setOpen(false)} placement="left" title={t(words.product)} size={288} styles={{ body: { padding: 8 } }}>
        <nav aria-label={t(words.places)}>
          <Places menu={menu} onGo={() => setOpen(false)} />
        </nav>
      </Drawer>
    </Layout>
  );
}

/** The place where the person is: that with the longest path which the address begins with. */
function hereOf(menu: Place[], pathname: string): string {
  const fits = menu.filter((p) => p.path === "" ? pathname === "/" : `${pathname}/`.startsWith(`/${p.path}/`));
  return fits.sort((a, b) => b.path.length - a.path.length)[0]?.path ?? "/"; // no place
}

function Places({ menu, onGo }: { menu: Place[]; onGo: () => void }) {
  const t = useSay();
  const here = hereOf(menu, useLocation().pathname);
  return (
    <Menu
      mode="inline"
      style={{ borderInlineEnd: 0 }}
      selectedKeys={[here]}
      onClick={onGo}
      items={menu.map((p) => ({ key: p.path, icon: iconOf(p.icon), label: <Link to={`/${p.path}`}>{t(p.words)}</Link> }))}
    />
  );
}

/** The bar at the foot of small screens. */
function Tabs({ menu }: { menu: Place[] }) {
  const t = useSay();
  const { token } = theme.useToken();
  const here = hereOf(menu, useLocation().pathname);
  return (
    <nav aria-label={t(words.places)} style={{ display: "flex", background: token.colorBgContainer, borderTop: `1px solid ${token.colorBorderSecondary}` }}>
      {menu.map((p) => (
        <Link
          key={p.path}
          to={`/${p.path}`}
          aria-current={p.path === here ? "page" : undefined}
          style={{ flex: 1, display: "flex", flexDirection: "column", alignItems: "center", textAlign: "center", overflowWrap: "normal", gap: 2, padding: "8px 2px", color: p.path === here ? token.colorPrimary : token.colorTextSecondary, fontSize: `min(${token.fontSizeSM}px, 4.2vw)`, fontWeight: p.path === here ? 650 : 400 }}
        >
          <span style={{ fontSize: token.fontSizeXL }} aria-hidden>{iconOf(p.icon)}</span>
          {t(p.words)}
        </Link>
      ))}
    </nav>
  );
}

/** Language and size of type. */
function Looks() {
  const t = useSay();
  const { large, language } = useWho();
  const { look } = useSessionMoves();
  const style = { paddingInline: (Grid.useBreakpoint().sm ?? true) ? 8 : 4 };
  return (
    <Space size={0}>
      <Button type="text" style={style} lang={language === "en" ? "zh-CN" : "en"} onClick={() => void look(language === "en" ? "lang=zh-CN" : "lang=en")}>{t(words.language)}</Button>
      <Button type="text" style={style} aria-pressed={large} onClick={() => void look(large ? "size=usual" : "size=large")}>{t(large ? words.usual : words.large)}</Button>
    </Space>
  );
}

/** Who is signed in, as what, and what else they can act as. */
function Me() {
  const t = useSay();
  const who = useWho();
  const acting = useActing();
  const { turn, end } = useSessionMoves();
  const wide = Grid.useBreakpoint().sm ?? true;
  const brief = !wide && people.some((role) => role === acting.role); // who acts for another one is told below
  const button = useRef<HTMLButtonElement>(null);
  const others = (who.can ?? []).filter((c) => c.source !== acting.source);
  return (
    <Dropdown
      trigger={["click"]}
      autoFocus
      onOpenChange={(open) => {
        if (!open && document.activeElement?.closest('[role="menu"]')) button.current?.focus(); // it would be nowhere
      }}
      menu={{
        items: [
          { key: "now", type: "group", label: t(words.actsAs, t(roles[acting.role]), acting.where ?? "") },
          ...(others.length > 0 ? [{ key: "as", type: "group" as const, label: t(words.actAs), children: others.map((c) => ({ key: c.source, label: `${t(roles[c.role])} ${c.where ?? ""}`, onClick: () => void turn(c.source) })) }] : []),
          { type: "divider" },
          { key: "me", label: <a href="/auth/me">{t(words.account)}</a> },
          { key: "end", label: t(words.signOut), onClick: () => void end() },
        ],
      }}
    >
      <Button ref={button} type="text" style={{ paddingInline: wide ? 8 : 4 }} aria-label={brief ? t(roles[acting.role]) : undefined}>
        <Space>
          {wide && <strong>{who.called}</strong>}
          {brief ? <UserOutlined aria-hidden /> : <span>{t(roles[acting.role])}</span>}
          {!brief && <DownOutlined aria-hidden />}
        </Space>
      </Button>
    </Dropdown>
  );
}
