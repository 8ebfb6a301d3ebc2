import { Link } from "react-router";
import { iconOf } from "../../app/icons";
import { useSay } from "../../app/session";
import { words } from "./words";

/** A way on from the start. */
export interface Way {
  to: string; // the path of a place
  icon: string;
  title: string;
  why: string;
}

/** The ways on from the start, as big cards. */
export function Ways({ ways }: { ways: Way[] }) {
  const t = useSay();
  return (
    <nav className="ways" aria-label={t(words.ways)}>
      {ways.map((w) => (
        <Link key={w.to} to={`/${w.to}`} className="card">
          <span aria-hidden>{iconOf(w.icon)}</span>
          <span>
            <strong>{w.title}</strong>
            <span className="quiet">{w.why}</span>
          </span>
        </Link>
      ))}
    </nav>
  );
}
