import { Flex, theme, Typography } from "antd";
import { useId } from "react";
import { useSay } from "../../app/session";
import { Part } from "../../parts/Part";
import { clockOf } from "../../words/dates";
import { type Segment, standingOf } from "./booking";
import { said } from "./said";
import { shortDay, spanOf, useWhen } from "./times";
import { words } from "./words";

interface SegmentsProps {
  of: readonly Segment[];
  busy: string; // the Slot that is being taken, "" for none
  extra?: boolean | undefined; // what can be chosen are extra places, where who asks gives some
  bare?: boolean | undefined; // below a heading, without cards
  chosen?: string | undefined; // the Slot that is chosen, where that is not done at once
  onChoose: (segment: Segment) => void;
}

const partsOfDay = [["morning", "00:00"], ["afternoon", "12:00"], ["evening", "18:00"]] as const;

/** The segments of a day by doctor and part of the day: what is free is a button. */
export function Segments({ of, bare = false, ...rest }: SegmentsProps) {
  const t = useSay();
  const byDoctor = new Map<string, Segment[]>();
  for (const s of of) byDoctor.set(s.doctor?.reference ?? "", [...(byDoctor.get(s.doctor?.reference ?? "") ?? []), s]);
  return [...byDoctor].map(([doctor, all]) => {
    const title = all[0]?.doctor?.display ?? t(words.department);
    if (!bare) return <Part key={doctor} title={title}><OfDoctor of={all} {...rest} /></Part>;
    return (
      <section key={doctor}>
        <Typography.Title level={3} style={{ marginBlockStart: 0 }}>{title}</Typography.Title>
        <OfDoctor of={all} bare {...rest} />
      </section>
    );
  });
}

function OfDoctor({ of, ...rest }: SegmentsProps) {
  const t = useSay();
  return (
    <>
      <Price of={of} />
      <Flex vertical gap="middle">
        {partsOfDay.map(([part, from], i) => {
          const end = partsOfDay[i + 1]?.[1] ?? "24:00";
          const here = of.filter((s) => clockOf(s.start) >= from && clockOf(s.start) < end);
          return here.length > 0 && <OfPart key={part} title={t(words[part])} of={here} {...rest} />;
        })}
      </Flex>
    </>
  );
}

/** What a visit costs. */
export function Price({ of }: { of: readonly Segment[] }) {
  const t = useSay();
  const when = useWhen();
  const price = of.find((s) => s.price !== undefined)?.price;
  return price === undefined ? null : <Typography.Paragraph type="secondary" style={{ marginBlock: "-8px 8px" }}>{t(words.price)} {when.price(price)}</Typography.Paragraph>;
}

function OfPart({ title, of, bare, ...rest }: SegmentsProps & { title: string }) {
  const { token } = theme.useToken();
  const id = useId();
  return (
    <div role="group" aria-labelledby={id}>
      <Typography.Title level={bare ? 4 : 3} id={id} style={{ fontSize: token.fontSize, marginBlock: "0 8px" }}>{title}</Typography.Title>
      <div style={{ display: "grid", gap: 8, gridTemplateColumns: `repeat(auto-fill, minmax(min(calc(50% - 4px), ${token.fontSize * 7.5}px), 1fr))` }}>
        {of.map((s) => <One key={s.slot} of={s} {...rest} />)}
      </div>
    </div>
  );
}

function One({ of: s, busy, extra = false, chosen, onChoose }: Omit<SegmentsProps, "of" | "bare"> & { of: Segment }) {
  const t = useSay();
  const { token } = theme.useToken();
  const standing = standingOf(s);
  const free = extra ? (s.extra ?? 0) > 0 : standing === "free";
  const is = chosen === s.slot;
  const left = s.referral ? t(words.forReferral, s.referral) : t(words.places, s.free);
  const says = extra && standing !== "stopped" ? t(words.extras, s.extra ?? 0) : standing === "free" ? left : standing === "closed" && s.opens ? t(words.opensAt, `${shortDay(s.opens)} ${clockOf(s.opens)}`) : t(said.standing[standing]);
  return (
    <button
      type="button"
      disabled={!free}
      aria-busy={busy === s.slot || undefined}
      aria-pressed={chosen === undefined ? undefined : is}
      onClick={() => busy === "" && onChoose(s)}
      style={{
        font: "inherit", display: "flex", flexDirection: "column", alignItems: "center", justifyContent: "center", padding: "8px 4px", minHeight: 60, borderRadius: token.borderRadius,
        border: `1px solid ${free ? token.colorPrimary : token.colorBorderSecondary}`, background: is ? token.colorPrimary : free ? token.colorBgContainer : token.colorBgLayout,
        color: is ? token.colorWhite : free ? token.colorText : token.colorTextSecondary, cursor: free ? "pointer" : "not-allowed", opacity: busy === s.slot ? 0.7 : 1,
      }}
    >
      <span className="numbers" style={{ fontWeight: free ? 650 : 400 }}>{spanOf(s)}</span>
      <span style={{ fontSize: token.fontSizeSM, color: is ? token.colorWhite : free ? token.colorSuccess : token.colorTextSecondary }}>{says}</span>
    </button>
  );
}
