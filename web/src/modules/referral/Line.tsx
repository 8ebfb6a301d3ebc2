import { CheckCircleFilled, ClockCircleFilled, CloseCircleFilled, MinusCircleOutlined } from "@ant-design/icons";
import { Card, theme, Typography } from "antd";
import type { ReactNode } from "react";
import type { Text } from "../../words";
import { people } from "../../app/places";
import { useActing, useSay, useWho } from "../../app/session";
import { lasting, useTimes } from "../../parts/times";
import type { OwnProps } from "../cases/own";
import { wayOf } from "./agreements";
import { type Progress, progressOf } from "./progress";
import { words } from "./words";

const marks: Record<Progress["is"], [icon: ReactNode, said: Text]> = {
  done: [<CheckCircleFilled aria-hidden key="done" />, words.isDone],
  now: [<ClockCircleFilled aria-hidden key="now" />, words.isNow],
  ahead: [<MinusCircleOutlined aria-hidden key="ahead" />, words.isAhead],
  stopped: [<CloseCircleFilled aria-hidden key="stopped" />, words.isStopped],
};

/** The steps of a referral in a line: which are done, by whom and in what time, and where it is now. */
export default function Line({ found, steps }: OwnProps) {
  const t = useSay();
  const { language } = useWho();
  const { role } = useActing();
  const times = useTimes();
  const { token } = theme.useToken();
  const all = progressOf(steps, wayOf(found.place.process) ?? "up", !found.place.waits, Date.now());
  const resident = people.some((r) => r === role); // who need not know how the rules number the steps
  const colours = { done: token.colorSuccess, now: token.colorPrimary, ahead: token.colorTextSecondary, stopped: token.colorError };
  return (
    <Card styles={{ body: { paddingBlock: 16 } }}>
      <Typography.Title level={2} className="unseen">{t(words.progress)}</Typography.Title>
      <ol
        style={{
          listStyle: "none", margin: 0, padding: 0, display: "grid", gap: "12px 16px",
          gridTemplateColumns: `repeat(auto-fit, minmax(${token.fontSize * 9}px, 1fr))`,
        }}
      >
        {all.map((p) => {
          const [icon, said] = marks[p.is];
          const told = p.at ? [p.is === "done" ? p.who : "", times.day(p.at), t(words.took, lasting(p.ms, language))].filter(Boolean) : [];
          return (
            <li
              key={p.key}
              aria-current={p.is === "now" ? "step" : undefined}
              style={{
                borderBlockStart: `4px solid ${p.is === "ahead" ? token.colorBorderSecondary : colours[p.is]}`, paddingBlockStart: 8,
                minWidth: 0,
              }}
            >
              <div style={{ color: colours[p.is], fontWeight: p.is === "ahead" ? 400 : 650 }}>
                {icon} {!resident && p.number} {t(p.words)}
              </div>
              <div style={{ fontSize: token.fontSizeSM, color: token.colorTextSecondary }}>{[t(said), ...told].join(" · ")}</div>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
