import { QRCode, theme } from "antd";
import { useEffect, useState } from "react";
import { useParams } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Button } from "../../plain/Button";
import { Told } from "../../plain/Told";
import { clockOf, dateOf, dayAt } from "../../words/dates";
import { told } from "../../words/list";
import { type Board, checkInAt, useBoard } from "./wall";
import "../../theme/bare.css";
import { useVoice } from "./voice";
import { words } from "./words";

/** How large rooms are shown, by how many there are: all of them fit on the wall. */
const sizeOf = (rooms: number): string => (rooms <= 2 ? "wall-rooms few" : rooms <= 4 ? "wall-rooms" : "wall-rooms many");

/** What hangs in a waiting room: rooms and whom they call, who is next, the time, the code to check in. */
export default function Wall() {
  const { department = "" } = useParams();
  const t = useSay();
  const { role } = useActing();
  const board = useBoard(department);
  const [aloud, speak] = useState(false);
  useVoice(board.data?.speech, aloud);
  const of = board.data;
  return (
    <div className="wall">
      <header>
        <div>
          <span>{of?.institution.display}</span>
          <h1>{of?.department.display ?? t(words.queue)}</h1>
        </div>
        <Clock />
      </header>
      {board.error && of && <Told kind="warning" role="status" className="banner" title={t(words.lost, clockOf(new Date(board.dataUpdatedAt).toISOString()))} />}
      {board.error && !of && <Failed error={board.error} again={() => void board.refetch()} />}
      {board.isPending && <Loading rows={8} />}
      {of && (
        <div className="wall-body">
          <Rooms of={of} />
          <aside aria-label={t(words.next)}>
            <Next of={of} />
            <CheckIn code={of.code} />
          </aside>
        </div>
      )}
      <footer className="no-print">
        <Button aria-pressed={aloud} onClick={() => speak(!aloud)}>{t(aloud ? words.quiet : words.speak)}</Button>
        <Button onClick={() => void document.documentElement.requestFullscreen().catch(() => {})}>{t(words.full)}</Button>
        <LinkButton to={role === "office" || role === "administrator" ? "/clinics/rooms" : "/queue"}>{t(words.leave)}</LinkButton>
      </footer>
    </div>
  );
}

function Clock() {
  const { language } = useWho();
  const [now, tick] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => tick(new Date()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="wall-clock">
      <span>{dateOf(dayAt(now), language)}</span>
      <time className="numbers">{clockOf(now.toISOString())}</time>
    </div>
  );
}

function Rooms({ of }: { of: Board }) {
  const t = useSay();
  const { language } = useWho();
  if (of.room.length === 0) return <div className="wall-rooms"><div className="wall-room none"><h2>{t(words.noRooms)}</h2><p>{t(words.noRoomsWhy)}</p></div></div>;
  return (
    <ul className={sizeOf(of.room.length)} aria-live="polite">
      {of.room.map(({ location, doctor, way, paused, reason, serves }) => {
        const called = serves?.state === "called";
        return (
          <li key={location.reference} className={called ? "wall-room called" : "wall-room"}>
            <div>
              <h2>{location.display}</h2>
              <span>{[doctor, way].filter(Boolean).join(" · ")}</span>
            </div>
            {serves && <div className="wall-whom"><strong className="numbers">{serves.number}</strong><b>{serves.name}</b></div>}
            <p>{paused && !serves ? told([t(words.paused, clockOf(paused)), reason ?? ""], language) : t(called ? words.called : serves ? words.inside : words.free)}</p>
          </li>
        );
      })}
    </ul>
  );
}

function Next({ of }: { of: Board }) {
  const t = useSay();
  return (
    <section>
      <h2>{t(words.next)} <small>{t(words.waiting, of.waiting)}</small></h2>
      {of.next.length === 0 && <p>{t(words.nobodyNext)}</p>}
      <ol>{of.next.map((n) => <li key={n.number}><strong className="numbers">{n.number}</strong> {n.name}</li>)}</ol>
    </section>
  );
}

/** The code by which who is here checks in, as digits and to be scanned. */
function CheckIn({ code }: { code: string }) {
  const t = useSay();
  const { token } = theme.useToken();
  return (
    <section className="wall-code">
      <div>
        <h2>{t(words.checkIn)}</h2>
        <p>{t(words.checkInHow)}</p>
        <strong className="numbers" aria-label={`${t(words.code)} ${code}`}>{code}</strong>
      </div>
      <div aria-hidden><QRCode type="svg" value={checkInAt(window.location.origin, code)} bordered={false} style={{ width: "auto", height: "auto", padding: 0 }} color={token.colorText} bgColor={token.colorBgContainer} /></div>
    </section>
  );
}
