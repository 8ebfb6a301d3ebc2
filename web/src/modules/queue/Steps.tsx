import { CheckCircleFilled, ClockCircleOutlined, RightCircleFilled } from "@ant-design/icons";
import { theme, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import type { MyTicket } from "./queue";
import { words } from "./words";

type Stage = MyTicket["stage"][number];

const icons: Record<Stage["is"], typeof CheckCircleFilled> = { done: CheckCircleFilled, now: RightCircleFilled, "to-come": ClockCircleOutlined };
const progress: Record<Stage["is"], (typeof words)["stepDone"]> = { done: words.stepDone, now: words.stepNow, "to-come": words.stepToCome };

/** The steps of the day: those that are done, what is now, and what is to come. */
export function Steps({ of }: { of: readonly Stage[] }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  if (of.length === 0) return null;
  return (
    <div>
      <Typography.Title level={3} style={{ marginBlock: "0 8px" }}>{t(words.steps)}</Typography.Title>
      <ol style={{ listStyle: "none", margin: 0, padding: 0, display: "grid", gap: 8 }}>
        {of.map((s) => {
          const Icon = icons[s.is];
          return (
            <li key={s.code} aria-current={s.is === "now" ? "step" : undefined} style={{ display: "flex", gap: 12, alignItems: "baseline", color: s.is === "to-come" ? token.colorTextSecondary : token.colorText }}>
              <Icon aria-hidden style={{ color: s.is === "done" ? token.colorSuccess : s.is === "now" ? token.colorPrimary : token.colorTextSecondary }} />
              <span style={{ flex: 1, fontWeight: s.is === "now" ? 650 : 400 }}>{language === "en" ? s.en : s.zh}</span>
              <span style={{ fontSize: token.fontSizeSM, whiteSpace: "nowrap" }}>{t(progress[s.is])}</span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
