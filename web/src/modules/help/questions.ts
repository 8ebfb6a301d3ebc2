import type { Role } from "../../app/session";
import { people, placesOf } from "../../app/places";
import type { Text } from "../../words";
import { residents, staff } from "./words";

/** A question that is often asked, its answer, and the place where one goes on. */
export interface Question {
  key: string;
  asked: Text;
  told: Text;
  to?: string; // a path of the app
}

const ofResidents: Question[] = [
  { key: "record", asked: residents.record, told: residents.recordTold, to: "record" },
  { key: "sees", asked: residents.sees, told: residents.seesTold, to: "looked" },
  { key: "correct", asked: residents.correct, told: residents.correctTold, to: "record" },
  { key: "act", asked: residents.act, told: residents.actTold, to: "family" },
  { key: "lost", asked: residents.lost, told: residents.lostTold },
  { key: "fraud", asked: residents.fraud, told: residents.fraudTold },
];

const ofStaff: Question[] = [
  { key: "password", asked: staff.password, told: staff.passwordTold },
  { key: "place", asked: staff.place, told: staff.placeTold },
  { key: "closed", asked: staff.closed, told: staff.closedTold, to: "emergency" },
  { key: "assist", asked: staff.assist, told: staff.assistTold },
];

/** The questions of a role; they lead only to where it finds a place. */
export function questionsOf(role: Role): Question[] {
  const all = people.some((p) => p === role) ? ofResidents : ofStaff;
  const paths = placesOf(role).map((p) => p.path);
  return all.map(({ to, ...q }) => (to && paths.includes(to) ? { ...q, to } : q));
}
