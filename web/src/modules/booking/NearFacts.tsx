import { Tag, theme, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { clockOf, dayOf } from "../../words/dates";
import { listed } from "../../words/list";
import type { Nearby } from "./near";
import { useWhen } from "./times";
import { insurances, kinds, languages, levels, words } from "./words";

/** What there is to tell of a department, by what it is called. */
export function useNearSaid() {
  const t = useSay();
  const when = useWhen();
  const { language } = useWho();
  const known: Record<string, readonly [string, string]> = languages;
  return {
    next: (d: Nearby) => (d.next ? `${when.brief(dayOf(d.next))} ${clockOf(d.next)}` : t(d.bookable ? words.fullNow : words.notBooked)),
    price: (d: Nearby) => {
      const { "price-from": from, "price-to": to } = d;
      if (from === undefined || to === undefined) return "";
      return from === to ? when.price(from) : t(words.priceSpan, from, to);
    },
    distance: (d: Nearby) => (d.distance === undefined ? "" : t(words.km, d.distance)),
    languages: (d: Nearby) => listed(d.language.map((l) => (known[l] ? t(known[l]) : l)), language),
    kinds: (d: Nearby) => listed(d.kind.map((k) => t(kinds[k])), language),
    insurances: (d: Nearby) => listed(d.insurance.map((i) => t(insurances[i])), language),
    doctors: (d: Nearby) => listed(d.doctor.map((one) => one.display), language),
    level: (d: Nearby) => t(levels[d.level]),
  };
}

/** A department in a few lines: where it is, when, what it costs. */
export function NearFacts({ of: d }: { of: Nearby }) {
  const t = useSay();
  const { token } = theme.useToken();
  const said = useNearSaid();
  const facts = [said.distance(d), said.price(d), said.kinds(d), said.insurances(d), said.languages(d)].filter(Boolean);
  return (
    <div style={{ minWidth: 0 }}>
      <div><strong>{d.reference.display}</strong> <Tag variant="outlined">{said.level(d)}</Tag></div>
      <div>{d.institution.display}{said.doctors(d) && <Typography.Text type="secondary"> {said.doctors(d)}</Typography.Text>}</div>
      {!d.bookable && d.address && <div>{d.address}</div>}
      <div>{d.bookable && <Typography.Text type="secondary">{t(words.earliest)} </Typography.Text>}<strong className="numbers" style={{ color: d.next ? token.colorSuccess : token.colorTextSecondary }}>{said.next(d)}</strong></div>
      <Typography.Text type="secondary" style={{ fontSize: token.fontSizeSM }}>{facts.join(" · ")}</Typography.Text>
    </div>
  );
}
