import { Link } from "react-router";
import { iconOf } from "../../app/icons";
import { useSay, useWho } from "../../app/session";
import { clockOf } from "../../words/dates";
import { told } from "../../words/list";
import { isOver, useMine } from "./queue";
import { said } from "./said";
import { waitOf } from "./waits";
import { words } from "./words";

/** Where one stands in the queues of today, at the start of the app; nothing on days without a visit. */
export function QueueNow() {
  const t = useSay();
  const { language } = useWho();
  const mine = useMine();
  const tickets = (mine.data?.ticket ?? []).filter((one) => !isOver(one.state));
  const open = (mine.data?.visit ?? []).filter((one) => one.open);
  if (tickets.length + open.length === 0) return null;
  return (
    <section className="stack" aria-label={t(words.waitingTitle)}>
      {tickets.map((one) => (
        <Link key={one.reference} to="/waiting" className={one.state === "called" ? "card small dark" : "card small"}>
          <span className="line apart">
            <strong className="big numbers">{one.number}</strong>
            <span>{one.department.display}</span>
          </span>
          <strong>{one.state === "called" && one.room ? t(words.goNow, one.room) : t(said.mine[one.state])}</strong>
          {one.ahead !== undefined && <div>{told([one.ahead > 0 ? t(words.before, one.ahead) : t(one.rooms > 0 ? words.youAreNext : words.nobodyBefore), one.opens ? t(words.beginsShort, clockOf(one.opens)) : one.wait ? waitOf(one.wait.low, one.wait.high, language) : ""], language)}</div>}
        </Link>
      ))}
      {open.map((one) => <Link key={one.appointment} to="/waiting" className="card small"><span className="line"><span aria-hidden>{iconOf("waiting")}</span><strong>{t(words.arriveNow, one.department.display)}</strong></span></Link>)}
    </section>
  );
}
