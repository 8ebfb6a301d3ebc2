import { Link } from "react-router";
import { useSay, useWho } from "../../app/session";
import { useTimes } from "../../parts/times";
import { typeOf } from "../../resource/elements";
import { idOf, inWords, type Place } from "./cases";
import { Deadline } from "./Deadline";
import { words } from "./words";

/** One matter, as a card that leads to it; yours where it is for the reader to act. */
export function Matter({ place, yours = place.waits === "resident" }: { place: Place; yours?: boolean }) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  return (
    <Link to={`/cases/${idOf(place.case)}`} className="card small">
      <span className="line apart">
        <strong>{inWords(place, "process", language)}{place.focus && ` · ${typeOf(place.focus.split("/")[0] ?? "", language)}`}</strong>
        <span className={yours ? "tag warning" : "tag"}>{inWords(place, "state", language)}</span>
      </span>
      {place.deadline && place.waits && <span className="quiet">{t(yours ? words.byWhen : words.byOthers, times.day(place.deadline))} (<Deadline place={place} />)</span>}
      {!place.waits && place.since && <span className="quiet">{times.day(place.since)}</span>}
    </Link>
  );
}
