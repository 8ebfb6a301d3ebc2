import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, Suspense, useDeferredValue, useEffect, useState } from "react";
import { BrowserRouter, matchPath, Route, Routes, useLocation, useNavigationType } from "react-router";
import { Problem, settings } from "../api/http";
import { LinkButton } from "../parts/LinkButton";
import { Loading } from "../parts/Loading";
import { Button, classesOf } from "../plain/Button";
import { Whole } from "../plain/Whole";
import { say } from "../words";
import { Boundary } from "./Boundary";
import { Ended } from "./Ended";
import { Keyboard } from "./keys/keyboard";
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
    document.documentElement.classList.toggle("large", look.large);
    if (!look.acts) document.title = say(words.product, look.language);
  }, [look.language, look.large, look.acts]);
  return (
    <WhoProvider who={look}>
      {error && !who ? <Broken again={() => void refetch()} /> : !who?.signed ? <First /> : who.acts ? <Inside key={who.acts.source} /> : <Choose />}
      {inside && ended && <Ended before={inside} onGoOn={goOn} />}
    </WhoProvider>
  );
}

function Inside() {
  const { role } = useActing();
  return (
    <BrowserRouter basename="/app">
      <Keyboard>
        <Arrival />
        <Frame>
          <Boundary>
            <Suspense fallback={<Loading rows={5} />}>
              <Routes>
                {placesOf(role).map((p) => <Route key={p.path} path={`/${p.path}`} element={<p.page />} />)}
                <Route path="*" element={<Missing />} />
              </Routes>
            </Suspense>
          </Boundary>
        </Frame>
      </Keyboard>
    </BrowserRouter>
  );
}

/** The frame of a page; one that fills the screen has none. */
function Frame({ children }: { children: ReactNode }) {
  const { role } = useActing();
  const { pathname } = useLocation();
  const place = placesOf(role).find((p) => matchPath(`/${p.path}`, pathname));
  return place?.bare ? <main id="main" tabIndex={-1} className="bare">{children}</main> : <Shell>{children}</Shell>;
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

function Broken({ again }: { again: () => void }) {
  const t = useSay();
  return <Whole kind="broken" title={t(words.brokenTitle)} why={t(words.brokenWhy)}><Button type="primary" onClick={again}>{t(words.tryAgain)}</Button></Whole>;
}

function Missing() {
  const t = useSay();
  return <Whole kind="missing" title={t(words.missingTitle)} why={t(words.missingWhy)}><LinkButton to="/">{t(words.home)}</LinkButton></Whole>;
}

/** Lets a person choose as what to act who can act as several. */
function Choose() {
  const t = useSay();
  const who = useWho();
  const { turn } = useSessionMoves();
  const can = who.can ?? [];
  if (can.length === 0) {
    return <Whole kind="nothing" title={t(words.nothingTitle)} why={t(words.nothingWhy)}><a className={classesOf({ type: "primary" })} href="/auth/me">{t(words.account)}</a></Whole>;
  }
  return (
    <main className="card choose plain stack">
      <h1>{t(words.chooseTitle)}</h1>
      <span className="quiet">{t(words.chooseWhy)}</span>
      {can.map((c) => <Button key={c.source} block size="large" onClick={() => void turn(c.source)}>{t(roles[c.role])} {c.where}</Button>)}
    </main>
  );
}
