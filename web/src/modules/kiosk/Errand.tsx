import { CheckCircleFilled, IdcardOutlined, PrinterOutlined, QrcodeOutlined } from "@ant-design/icons";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useActing, useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Button } from "../../plain/Button";
import { Slip, usePrint } from "../queue/Slip";
import { type Errand as Which, type Found, useErrand } from "./kiosk";
import { Heading } from "./Heading";
import { words } from "./words";

interface ErrandProps {
  errand: Which;
  onDone: () => void;
  onHelp: () => void;
}

/** What somebody does with a card: it is read or typed, and what has come of it is told, and printed. */
export function Errand({ errand, onDone, onHelp }: ErrandProps) {
  const t = useSay();
  const send = useErrand(errand);
  if (send.data && send.data.visit.length > 0) return <Result of={send.data} back={errand === "back"} onDone={onDone} />;
  return (
    <>
      <Heading text={t(errand === "back" ? words.scanBack : words.scanCheckIn)} more={t(words.scanHow)} />
      {send.error && <Failed error={send.error} />}
      {send.data && <div role="alert" className="kiosk-none"><strong>{t(words.none)}</strong><span>{t(words.noneWhy)}</span></div>}
      {(send.error || send.data) && <div className="kiosk-line"><Button size="large" onClick={onHelp}>{t(words.guide)}</Button></div>}
      <Reader busy={send.isPending} onRead={(number) => send.mutate(number)} />
    </>
  );
}

const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "X", "0"];

/** Takes what a reader types as a keyboard does, with Enter behind it, or what somebody types. */
function Reader({ busy, onRead }: { busy: boolean; onRead: (number: string) => void }) {
  const t = useSay();
  const input = useRef<HTMLInputElement>(null);
  const [typed, type] = useState("");
  const [shown, show] = useState(false);
  useEffect(() => {
    if (!busy) input.current?.focus();
  }, [busy]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const number = typed.trim();
    if (!number || busy) return;
    type("");
    onRead(number);
  };
  return (
    <form className="kiosk-read" onSubmit={send} autoComplete="off">
      <div aria-hidden className="kiosk-signs"><IdcardOutlined /><QrcodeOutlined /></div>
      <p role="status">{t(busy ? words.working : words.scanHow)}</p>
      <div className="kiosk-line">
        <input ref={input} aria-label={t(words.number)} inputMode="none" autoComplete="off" spellCheck={false} maxLength={400} value={typed} disabled={busy} onChange={(e) => type(e.target.value)} className={shown ? "numbers" : "numbers hidden"} />
        <Button size="large" aria-pressed={shown} onClick={() => show(!shown)}>{t(shown ? words.hide : words.show)}</Button>
      </div>
      <div role="group" aria-label={t(words.digits)} className="kiosk-digits">
        {digits.map((d) => <Button key={d} size="large" disabled={busy} onClick={() => type(typed + d)}>{d}</Button>)}
        <Button size="large" disabled={busy} onClick={() => type(typed.slice(0, -1))}>{t(words.erase)}</Button>
      </div>
      <button type="submit" className="button primary large" disabled={busy}>{t(words.ok)}</button>
    </form>
  );
}

function Result({ of, back, onDone }: { of: Found; back: boolean; onDone: () => void }) {
  const t = useSay();
  const { where = "" } = useActing();
  const { printing, print } = usePrint();
  const title = t(back ? words.isBack : words.checkedIn);
  const ahead = (n: number) => (n === 0 ? t(words.next) : t(words.before, n));
  return (
    <>
      <Heading text={title} more={[...of.visit.map((v) => `${v.number} ${v.department.display} ${ahead(v.ahead)}`), t(words.wait)].join(" ")} />
      <p role="status"><CheckCircleFilled aria-hidden /> {of.name}</p>
      <ul className="kiosk-found">
        {of.visit.map((v) => (
          <li key={v.appointment} className="card">
            <strong className="numbers">{v.number}</strong>
            <span>{v.department.display} {v.doctor?.display}</span>
            <b>{ahead(v.ahead)}</b>
            {printing && <Slip of={{ number: v.number, name: of.name, hospital: where, department: v.department.display, doctor: v.doctor?.display, ahead: v.ahead }} />}
          </li>
        ))}
      </ul>
      <p>{t(words.wait)}</p>
      <div className="kiosk-line">
        <Button type="primary" size="large" icon={<PrinterOutlined aria-hidden />} onClick={print}>{t(words.print)}</Button>
        <Button size="large" onClick={onDone}>{t(words.done)}</Button>
      </div>
    </>
  );
}
