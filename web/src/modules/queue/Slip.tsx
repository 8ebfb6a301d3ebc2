import { PrinterOutlined } from "@ant-design/icons";
import { useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { useSay, useWho } from "../../app/session";
import { Button } from "../../plain/Button";
import { clockOf, dateOf, dayAt, dayOf } from "../../words/dates";
import { maskedName } from "./waits";
import { words } from "./words";

/** What stands on a slip. */
export interface SlipOf {
  number?: string | undefined; // none before one has checked in
  name: string;
  hospital: string;
  department: string;
  doctor?: string | undefined;
  room?: string | undefined;
  way?: string | undefined;
  start?: string | undefined; // where the number does not say it
  end?: string | undefined;
  ahead?: number | undefined;
}

/** A slip of paper as printers of tickets make it, which is on no screen. */
export function Slip({ of }: { of: SlipOf }) {
  const t = useSay();
  const { language } = useWho();
  const span = [of.start && clockOf(of.start), of.end && clockOf(of.end)].filter(Boolean).join("–");
  const day = dateOf(of.start ? dayOf(of.start) : dayAt(new Date()), language);
  const lines = [
    [t(words.name), maskedName(of.name)], [t(words.department), of.department], [t(words.who), of.doctor], [t(words.slipTime), `${day} ${span}`],
    [t(words.where), [of.room, of.way].filter(Boolean).join(" ")], [t(words.slipAhead), of.ahead === undefined ? "" : t(words.slipPeople, of.ahead)],
  ];
  return createPortal(
    <div className="slip">
      <div>{of.hospital}</div>
      <div>{t(of.number ? words.slipTitle : words.slipBooked)}</div>
      <strong>{of.number ?? span}</strong>
      <dl>{lines.map(([name, value]) => value && <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <p>{t(of.number ? words.slipNote : words.slipCome)}</p>
      <small>{t(words.slipPrinted, dateOf(new Date().toISOString(), language))}</small>
    </div>,
    document.body,
  );
}

/** Prints a slip, and nothing else of the page. */
export function usePrint(): { printing: boolean; print: () => void } {
  const [printing, set] = useState(false);
  useEffect(() => {
    if (!printing) return;
    const root = document.documentElement;
    const end = () => set(false);
    root.classList.add("slips");
    window.addEventListener("afterprint", end, { once: true });
    window.print();
    return () => {
      root.classList.remove("slips");
      window.removeEventListener("afterprint", end);
    };
  }, [printing]);
  return { printing, print: () => set(true) };
}

/** A button that prints a slip. */
export function SlipButton({ of, large = false }: { of: SlipOf; large?: boolean }) {
  const t = useSay();
  const { printing, print } = usePrint();
  return (
    <div className="no-print">
      <Button size={large ? "large" : "middle"} icon={<PrinterOutlined aria-hidden />} onClick={print}>{t(words.slip)}</Button>
      {printing && <Slip of={of} />}
    </div>
  );
}
