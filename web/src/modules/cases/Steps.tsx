import { Card, Flex, Timeline, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { Loading } from "../../parts/Loading";
import { useTimes } from "../../parts/times";
import { inWords, type Step } from "./cases";
import { words } from "./words";

/** Who moves a case whose deadline has passed. */
const clock = "Device/clock";

/** What was done in a case: by whom, when, and how long it stayed where it was. */
export function Steps({ steps, resident }: { steps: Step[] | undefined; resident: string | undefined }) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const who = (s: Step) => {
    if (s.called) return s.called;
    if (s.who?.startsWith("Patient/")) return t(s.who === resident ? words.self : words.proxy);
    return t(s.who === clock ? words.clock : words.staff); // an account that is nobody in the record
  };
  return (
    <Card>
      <Typography.Title level={2} style={{ marginTop: 0 }}>{t(words.history)}</Typography.Title>
      {!steps ? (
        <Loading rows={3} />
      ) : (
        <Timeline
          items={steps.map((s, i) => ({
            key: i,
            color: s.pending ? "gray" : "blue",
            content: (
              <Flex vertical>
                <Typography.Text strong>{inWords(s, "move", language) || t(words.unknownMove)}</Typography.Text>
                <Typography.Text>{[s.pending ? `${t(words.sending)}…` : times.time(s.at), who(s)].filter(Boolean).join(" · ")}</Typography.Text>
                {inWords(s, "to", language) && !s.pending && (
                  <Typography.Text type="secondary">
                    {`→ ${inWords(s, "to", language)}`}
                    {s.until && ` · ${t(words.lasted, times.lasting(s.at, s.until))}`}
                  </Typography.Text>
                )}
              </Flex>
            ),
          }))}
        />
      )}
    </Card>
  );
}
