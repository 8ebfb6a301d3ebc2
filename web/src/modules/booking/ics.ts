/** What stands in a calendar of a visit. */
export interface Event {
  id: string;
  start: string; // instants
  end: string;
  title: string;
  place: string;
  text: string;
}

/** A time zone that has no summer time, by its name and how far it is ahead of UTC. */
interface Zone {
  name: string;
  minutes: number;
}

const two = (n: number): string => String(n).padStart(2, "0");

/** How far a zone is ahead of UTC at an instant, in minutes. */
export function aheadOf(zone: string, at: Date): number {
  const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(at);
  return Math.round((Date.parse(`${shown.replace(" ", "T")}Z`) - Math.floor(at.valueOf() / 1000) * 1000) / 60_000);
}

const offset = (minutes: number): string => `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`;

/** An instant as the clocks of a zone show it: 20261126T080000. */
const local = (at: string, { minutes }: Zone): string => new Date(Date.parse(at) + minutes * 60_000).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");

/** Text as it stands in a value (RFC 5545, 3.3.11). */
const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll(";", "\\;").replaceAll(",", "\\,").replaceAll(/\r\n|\r|\n/g, "\\n");

const most = 75; // bytes of a line (3.1)

/** A line, folded where it is long, and nowhere inside a letter. */
export function folded(line: string): string {
  const bytes = new TextEncoder();
  let out = "";
  let long = 0;
  for (const letter of line) {
    const size = bytes.encode(letter).length;
    if (long + size > most) {
      out += "\r\n ";
      long = 1;
    }
    out += letter;
    long += size;
  }
  return out;
}

/** A calendar with one event (RFC 5545), in the zone of the region; one is reminded an evening and two hours before. */
export function calendarOf(event: Event, zone: string, now: Date): string {
  const at: Zone = { name: zone, minutes: aheadOf(zone, new Date(event.start)) };
  const remind = (before: string) => ["BEGIN:VALARM", "ACTION:DISPLAY", `DESCRIPTION:${escaped(event.title)}`, `TRIGGER:-${before}`, "END:VALARM"];
  const lines = [
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Yitong//Booking//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
    "BEGIN:VTIMEZONE", `TZID:${at.name}`, "BEGIN:STANDARD", "DTSTART:19700101T000000", `TZOFFSETFROM:${offset(at.minutes)}`, `TZOFFSETTO:${offset(at.minutes)}`,
    "END:STANDARD", "END:VTIMEZONE",
    "BEGIN:VEVENT", `UID:${event.id}@yitong`, `DTSTAMP:${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`,
    `DTSTART;TZID=${at.name}:${local(event.start, at)}`, `DTEND;TZID=${at.name}:${local(event.end, at)}`,
    `SUMMARY:${escaped(event.title)}`, `LOCATION:${escaped(event.place)}`, `DESCRIPTION:${escaped(event.text)}`, "STATUS:CONFIRMED",
    ...remind("PT12H"), ...remind("PT2H"), "END:VEVENT", "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}
