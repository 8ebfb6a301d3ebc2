import { CustomerServiceOutlined, FileDoneOutlined, IdcardOutlined, ScheduleOutlined } from "@ant-design/icons";
import { type ReactNode, useCallback, useState } from "react";
import { useActing, useSay, useSessionMoves, useWho } from "../../app/session";
import { aloud, hush } from "../../parts/aloud";
import { LinkButton } from "../../parts/LinkButton";
import { Button } from "../../plain/Button";
import { Told } from "../../plain/Told";
import "../../theme/bare.css";
import { Errand } from "./Errand";
import { Heading } from "./Heading";
import { useIdle } from "./idle";
import { words } from "./words";

type Step = "start" | "checkIn" | "back" | "book" | "guide";

const choices = [
  { step: "checkIn", icon: <IdcardOutlined />, title: words.checkIn, why: words.checkInWhy },
  { step: "back", icon: <FileDoneOutlined />, title: words.back, why: words.backWhy },
  { step: "book", icon: <ScheduleOutlined />, title: words.book, why: words.bookWhy },
  { step: "guide", icon: <CustomerServiceOutlined />, title: words.guide, why: words.guideWhy },
] as const;

/** A machine in the hall at which people check in by themselves. It goes back to its start when nobody touches it, and keeps nothing of anybody. */
export default function Kiosk() {
  const t = useSay();
  const { where } = useActing();
  const { language } = useWho();
  const { look } = useSessionMoves();
  const [step, go] = useState<Step>("start");
  const start = useCallback(() => {
    hush();
    go("start");
  }, []);
  const left = useIdle(step !== "start", start);
  const call = () => {
    go("guide");
    aloud(t(words.callAloud), language);
  };
  return (
    <div className="kiosk plain">
      <header>
        <strong>{where}</strong>
        {step === "start" ? <Button size="large" lang={language === "en" ? "zh-CN" : "en"} onClick={() => void look(language === "en" ? "lang=zh-CN" : "lang=en")}>{t(words.language)}</Button> : <Button size="large" onClick={start}>{t(words.start)}</Button>}
      </header>
      {left !== undefined && <Told kind="warning" role="status" title={t(words.soon, left)} />}
      {step === "start" && (
        <>
          <Heading text={t(words.title)} more={choices.map((c) => t(c.title)).join(" ")} />
          <div className="kiosk-choices">
            {choices.map((c) => (
              <button key={c.step} type="button" className="card" onClick={() => (c.step === "guide" ? call() : go(c.step))}>
                <span aria-hidden>{c.icon}</span>
                <strong>{t(c.title)}</strong>
                <span>{t(c.why)}</span>
              </button>
            ))}
          </div>
          <footer><LinkButton type="text" to="/queue">{t(words.leave)}</LinkButton></footer>
        </>
      )}
      {(step === "checkIn" || step === "back") && <Errand key={step} errand={step} onDone={start} onHelp={call} />}
      {step === "book" && (
        <Page title={t(words.bookTitle)} how={t(words.bookHow)}>
          <Button type="primary" size="large" onClick={call}>{t(words.guide)}</Button>
          <LinkButton size="large" to="/visits/book">{t(words.bookStaff)}</LinkButton>
        </Page>
      )}
      {step === "guide" && (
        <Page title={t(words.calling)} how={t(words.callingHow)}>
          <Button type="primary" size="large" onClick={call}>{t(words.again)}</Button>
        </Page>
      )}
    </div>
  );
}

/** A page that says one thing, with what one can do about it. */
function Page({ title, how, children }: { title: string; how: string; children: ReactNode }) {
  return (
    <>
      <Heading text={title} more={how} />
      <p>{how}</p>
      <div className="kiosk-line">{children}</div>
    </>
  );
}
