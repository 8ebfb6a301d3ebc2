import { roles } from "../../app/words";
import { type Language, say } from "../../words";
import type { Account, Change, Grant } from "./staff";
import { happened } from "./words";

/** An account as a version of its history shows it: of secrets, only that there are some. */
export interface Version {
  called?: string;
  phone?: string;
  person?: string;
  disabled?: string;
  seen?: string;
  password?: boolean;
  seed?: boolean;
  passkeys?: string[];
  spare?: number;
  invite?: { until: string; reset?: boolean };
}

/** One thing that has happened, in words. */
export interface Event {
  at: string;
  by: string;
  text: string;
  times: number; // in a row
  routine: boolean; // a sign-in, which says little by itself
}

const lacking = (some: string[] = [], others: string[] = []): string[] => some.filter((one) => !others.includes(one));

/** What was done from one version of an account to the next. */
export function doneBetween(before: Version | undefined, after: Version, language: Language): { text: string; routine: boolean }[] {
  const t = (name: keyof typeof happened, ...put: (string | number)[]) => say(happened[name], language, ...put);
  if (!before) return [{ text: t("made"), routine: false }];
  const done: string[] = [];
  if (after.invite && after.invite.until !== before.invite?.until) done.push(t(after.invite.reset ? "reset" : "invited"));
  if (before.invite && !after.invite) done.push(t("accepted"));
  else if (after.password && !before.password) done.push(t("password"));
  if (after.seed && !before.seed) done.push(t("seedSet"));
  if (before.seed && !after.seed) done.push(t("seedDropped"));
  done.push(...lacking(after.passkeys, before.passkeys).map((name) => t("passkeyAdded", name)), ...lacking(before.passkeys, after.passkeys).map((name) => t("passkeyDropped", name)));
  const [left = 0, were = 0] = [after.spare, before.spare];
  if (left < were && left > 0) done.push(t("spareUsed", left));
  if (left > were && !done.some((text) => text === t("seedSet"))) done.push(t("spareNew"));
  if (after.disabled && after.disabled !== before.disabled) done.push(t("disabled", after.disabled));
  if (before.disabled && !after.disabled) done.push(t("enabled"));
  if (after.phone !== before.phone) done.push(t("phone"));
  if (after.person !== before.person) done.push(t("person"));
  if (done.length > 0) return done.map((text) => ({ text, routine: false }));
  return [{ text: t(after.seen !== before.seen ? "signedIn" : "confirmed"), routine: true }];
}

/** A role with its institution, in words. */
const roleAt = (g: Pick<Grant, "role" | "institution">, nameOf: (reference: string) => string, language: Language): string =>
  [say(roles[g.role], language), g.institution && nameOf(g.institution)].filter(Boolean).join(" · ");

/** All that has happened to an account and its roles, newest first; sign-ins in a row are one. */
export function eventsOf(account: Account, changes: Change<Version>[], nameOf: (reference: string) => string, language: Language): Event[] {
  const events: Event[] = changes.flatMap((c, i) => doneBetween(changes[i + 1]?.thing, c.thing, language).map((done) => ({ at: c.at, by: c.by, times: 1, ...done })));
  for (const g of account.grants ?? []) {
    const role = roleAt(g, nameOf, language);
    events.push({ at: g.at, by: g.by, text: say(happened.gave, language, [role, g.reason].filter(Boolean).join(" · ")), times: 1, routine: false });
    if (g.endedAt) events.push({ at: g.endedAt, by: g.endedBy ?? "", text: say(happened.took, language, role), times: 1, routine: false });
  }
  events.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return events.reduce<Event[]>((all, e) => {
    const last = all.at(-1);
    if (last && e.routine && last.text === e.text && last.by === e.by) last.times += 1;
    else all.push({ ...e });
    return all;
  }, []);
}
