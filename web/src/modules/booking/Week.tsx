import { theme } from "antd";
import { useSay } from "../../app/session";
import { dayAt } from "../../words/dates";
import { type Day, standingOf, stripOf } from "./booking";
import { said } from "./said";
import { shortDay, useWhen } from "./times";
import { words } from "./words";

interface WeekProps {
  days: readonly Day[];
  value: string;
  some?: boolean; // these days alone, without those in between
  onChange: (day: string) => void;
}

/** A strip of days of which one is chosen: each says whether there are places. */
export function Week({ days, value, some = false, onChange }: WeekProps) {
  const t = useSay();
  const when = useWhen();
  const { token } = theme.useToken();
  return (
    <div role="group" aria-label={t(words.days)} style={{ display: "grid", gap: 8, gridTemplateColumns: `repeat(auto-fill, minmax(${token.fontSize * 5}px, 1fr))` }}>
      {(some ? days.map((day) => ({ date: day.date, day })) : stripOf(dayAt(new Date()), days)).map(({ date, day }) => {
        const standing = standingOf(day);
        const chosen = date === value;
        const colour = chosen ? token.colorWhite : standing === "free" ? token.colorSuccess : token.colorTextSecondary;
        return (
          <button
            key={date}
            type="button"
            aria-pressed={chosen}
            disabled={standing === "none"}
            onClick={() => onChange(date)}
            style={{
              font: "inherit", display: "flex", flexDirection: "column", alignItems: "center", gap: 2, padding: "8px 4px", minHeight: 64, borderRadius: token.borderRadius,
              border: `1px solid ${chosen ? token.colorPrimary : token.colorBorderSecondary}`, background: chosen ? token.colorPrimary : standing === "none" ? token.colorBgLayout : token.colorBgContainer,
              color: chosen ? token.colorWhite : token.colorText, cursor: standing === "none" ? "not-allowed" : "pointer",
            }}
          >
            <span style={{ fontSize: token.fontSizeSM, ...(standing === "none" && { color: token.colorTextSecondary }) }}>{when.weekday(date)}</span>
            <strong className="numbers" style={standing === "none" ? { color: token.colorTextSecondary, fontWeight: 400 } : undefined}>{shortDay(date)}</strong>
            <span style={{ fontSize: token.fontSizeSM, color: colour, fontWeight: standing === "free" ? 650 : 400 }}>{t(said.standing[standing])}</span>
          </button>
        );
      })}
    </div>
  );
}
