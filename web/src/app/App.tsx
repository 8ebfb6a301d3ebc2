import { QueryClient, QueryClientProvider, useMutation } from "@tanstack/react-query";
import { Alert, App as Antd, Button, Card, ConfigProvider, Flex, Modal, Result, Skeleton, Space, Typography } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import { Suspense, useDeferredValue, useEffect, useState } from "react";
import { BrowserRouter, Link, matchPath, Route, Routes, useLocation, useNavigationType } from "react-router";
import { Problem, settings } from "../api/http";
import { Failed } from "../parts/Failed";
import { themeOf } from "../theme/tokens";
import { say } from "../words";
import { Boundary } from "./Boundary";
import { Keyboard } from "./keys/keyboard";
import { nonce } from "./nonce";
import { fetchAhead, placesOf } from "./places";
import { Shell } from "./Shell";
import { holdOn, sessionQuery, useActing, useSay, useSession, useSessionMoves, useWho, type Who, WhoProvider } from "./session";
import { roles, words } from "./words";

/** Once more, where the server may not have been reached or was busy; not where it has refused. */
const retry = (count: number, error: Error) => count < 3 && error instanceof Problem && (error.status === 0 || error.status >= 502);

const client = new QueryClient({
  defaultOptions: { queries: { retry, staleTime: 10_000, networkMode: "always" }, mutations: { retry: false, networkMode: "always" } },
});

// While the page is made, it is asked who is signed in, and what the address names is fetched.
void client.prefetchQuery(sessionQuery);
fetchAhead(window.location.pathname);

/** The app. */
export function App() {
  return (
    <QueryClientProvider client={client}>
      <Entrance />
    </QueryClientProvider>
  );
}

/** Lets in who is signed in, and leads others to the pages to sign in. Whoever was let in keeps the page, and what they typed, when the session ends. */
function Entrance() {
  const { data, error, refetch } = useSession();
  const [inside, letIn] = useState<Who>();
  const [ended, end] = useState(false);
  if (data?.signed && !ended && data !== inside) letIn(data);
  if (data && !data.signed && inside && !ended) end(true);
  useEffect(() => {
    settings.ended = () => end(true);
    return () => {
      settings.ended = () => {};
    };
  }, []);
  useEffect(() => holdOn(ended), [ended]);
  const who = useDeferredValue(inside ?? data); // so that drawing the page makes way for what people do meanwhile
  const goOn = (now: Who) => {
    letIn(now);
    end(false);
  };
  useEffect(() => {
    if (who && !who.signed) window.location.replace(`/auth/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
  }, [who]);
  const look: Who = who ?? { signed: false, language: "zh-CN", large: false, zone: "" };
  useEffect(() => {
    document.documentElement.lang = look.language;
    if (!look.acts) document.title = say(words.product, look.language);
  }, [look.language, look.acts]);
  return (
    <ConfigProvider theme={themeOf(look.large)} locale={look.language === "en" ? en : zh} csp={{ nonce }} button={{ autoInsertSpace: false }} componentSize={look.large ? "large" : "medium"}>
      <Antd>
        <WhoProvider who={look}>
          {error && !who ? <Broken again={() => void refetch()} /> : !who?.signed ? <First /> : who.acts ? <Inside key={who.acts.source} /> : <Choose />}
          {inside && ended && <Ended before={inside} onGoOn={goOn} />}
        </WhoProvider>
      </Antd>
    </ConfigProvider>
  );
}

function Inside() {
  const { role } = useActing();
  return (
    <BrowserRouter basename="/app">
      <Keyboard>
        <Arrival />
        <Shell>
          <Boundary>
            <Suspense fallback={<Waiting />}>
              <Routes>
                {placesOf(role).map((p) => <Route key={p.path} path={`/${p.path}`} element={<p.page />} />)}
                <Route path="*" element={<Missing />} />
              </Routes>
            </Suspense>
          </Boundary>
        </Shell>
      </Keyboard>
    </BrowserRouter>
  );
}

/** Names the window after the page, and shows each page from its beginning; back and forward stay where they were. */
function Arrival() {
  const t = useSay();
  const { role } = useActing();
  const { pathname } = useLocation();
  const how = useNavigationType();
  const place = placesOf(role).find((p) => matchPath(`/${p.path}`, pathname));
  useEffect(() => {
    document.title = [place?.path && t(place.words), t(words.product)].filter(Boolean).join(" · ");
  }, [place, t]);
  useEffect(() => {
    if (how === "PUSH") window.scrollTo(0, 0);
  }, [pathname, how]);
  return null;
}

/** What index.html shows, until it is known who is signed in. */
function First() {
  const t = useSay();
  return (
    <div className="first" role="status" aria-label={t(words.loading)}>
      <div><img src="/app/mark.svg" alt="" width={30} height={30} />{t(words.product)}</div>
      <i /><i /><i /><i />
    </div>
  );
}

/** What is shown while something loads. */
function Waiting() {
  const t = useSay();
  return (
    <div role="status" aria-label={t(words.loading)} style={{ padding: 24, maxWidth: 880, margin: "0 auto" }}>
      <Skeleton active title={false} paragraph={{ rows: 4 }} />
    </div>
  );
}

function Broken({ again }: { again: () => void }) {
  const t = useSay();
  return <Result status="warning" title={t(words.brokenTitle)} subTitle={t(words.brokenWhy)} extra={<Button type="primary" onClick={again}>{t(words.tryAgain)}</Button>} />;
}

function Missing() {
  const t = useSay();
  return <Result status="404" title={t(words.missingTitle)} subTitle={t(words.missingWhy)} extra={<Link to="/">{t(words.home)}</Link>} />;
}

/** Lets a person choose as what to act who can act as several. */
function Choose() {
  const t = useSay();
  const who = useWho();
  const { turn } = useSessionMoves();
  const can = who.can ?? [];
  if (can.length === 0) {
    return <Result status="info" title={t(words.nothingTitle)} subTitle={t(words.nothingWhy)} extra={<Button type="primary" href="/auth/me">{t(words.account)}</Button>} />;
  }
  return (
    <main style={{ maxWidth: 560, margin: "48px auto", padding: 16 }}>
      <Card>
        <Typography.Title level={1} style={{ margin: 0, marginBlockEnd: 8 }}>{t(words.chooseTitle)}</Typography.Title>
        <Typography.Paragraph type="secondary">{t(words.chooseWhy)}</Typography.Paragraph>
        <Space orientation="vertical" style={{ width: "100%" }}>
          {can.map((c) => <Button key={c.source} block size="large" onClick={() => void turn(c.source)}>{t(roles[c.role])} {c.where}</Button>)}
        </Space>
      </Card>
    </main>
  );
}

/** Tells that the session has ended, over the page, which keeps what was typed. */
function Ended({ before, onGoOn }: { before: Who; onGoOn: (now: Who) => void }) {
  const t = useSay();
  const { again } = useSessionMoves();
  const back = useMutation({ mutationFn: () => again(before), onSuccess: (who) => who && onGoOn(who) });
  return (
    <Modal
      open
      title={t(words.endedTitle)}
      closable={false}
      footer={[
        <Button key="in" type="primary" href="/auth/sign-in?next=%2Fauth%2Fme" target="_blank">{t(words.signInAgain)}</Button>,
        <Button key="on" loading={back.isPending} onClick={() => back.mutate()}>{t(words.goOn)}</Button>,
      ]}
    >
      <Flex vertical gap="small">
        <span>{t(words.endedWhy)}</span>
        {back.isSuccess && !back.data && <Alert type="warning" showIcon role="alert" title={t(words.notYet)} />}
        {back.error && <Failed error={back.error} />}
      </Flex>
    </Modal>
  );
}
