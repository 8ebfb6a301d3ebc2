import { Card, Descriptions, Flex, Grid, Typography } from "antd";
import { Link } from "react-router";
import type { Reference } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { useTimes } from "../../parts/times";
import { typeOf } from "../../resource/elements";
import { titleOf } from "../../resource/summary";
import { useNames } from "../record/names";
import type { Case, Step, Task } from "./cases";
import { calledOf, linesOf } from "./kept";
import { words } from "./words";

/** What was filled in and what has come of it, and what people have written; readable where the record may be read that it is about. */
export function Content({ task, found, steps, readable }: { task: Task | undefined; found: Case; steps: Step[]; readable: boolean }) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const wide = Grid.useBreakpoint().md ?? true;
  const filled = [...(task?.input ?? []), ...(task?.output ?? [])].flatMap((one) => (one["valueReference"] as Reference | undefined) ?? []);
  const unnamed = filled.filter((r) => !calledOf(r.reference ?? "", found.party, steps));
  const names = useNames(task && { resourceType: "Task", unnamed });
  if (!task) return null;
  const called = (reference: string) => {
    const [type = "", , , version] = reference.split("/");
    const known = names.data?.get(reference);
    if (names.isLoading) return "";
    return calledOf(reference, found.party, steps) || (known && titleOf(known, language)) || [typeOf(type, language), version && `v${version}`].filter(Boolean).join(" ");
  };
  const lines = linesOf(task, found, language, called);
  const notes = task.note ?? [];
  if (lines.length + notes.length === 0) return null;
  const writer = (reference: string | undefined) => (reference === found.place.resident ? t(words.self) : calledOf(reference ?? "", found.party, steps));
  return (
    <Card>
      <Typography.Title level={2} style={{ marginTop: 0 }}>{t(words.content)}</Typography.Title>
      <Descriptions
        size="small"
        bordered
        layout={wide ? "horizontal" : "vertical"}
        column={1}
        styles={{ label: wide ? { width: "32%" } : {}, content: { whiteSpace: "pre-wrap" } }}
        items={lines.map((l) => ({ key: l.key, label: l.label, children: l.link && readable ? <Link to={l.link}>{l.text}</Link> : l.text }))}
      />
      {notes.length > 0 && (
        <>
          <Typography.Title level={3}>{t(words.notes)}</Typography.Title>
          <Flex vertical gap="small">
            {notes.map((n, i) => (
              <div key={i}>
                <Typography.Text type="secondary">{[writer(n.authorReference?.reference), n.time && times.time(n.time)].filter(Boolean).join(" · ")}</Typography.Text>
                <Typography.Paragraph style={{ margin: 0, whiteSpace: "pre-wrap" }}>{n.text}</Typography.Paragraph>
              </div>
            ))}
          </Flex>
        </>
      )}
    </Card>
  );
}
