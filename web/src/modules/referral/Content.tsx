import { CheckCircleFilled, ClockCircleOutlined } from "@ant-design/icons";
import { Flex, Tag, theme, Typography } from "antd";
import type { ReactNode } from "react";
import type { Resource } from "../../api/fhir";
import { people } from "../../app/places";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { Pairs } from "../../parts/Pairs";
import { Part } from "../../parts/Part";
import { useTimes } from "../../parts/times";
import type { Text } from "../../words";
import { dateOf } from "../../words/dates";
import { callOf, type Case } from "../cases/cases";
import { calledOf } from "../cases/kept";
import type { OwnProps } from "../cases/own";
import { type FollowUp, followUpsOf, type Kept, keptOf, useRecords } from "./kept";
import { Letter } from "./Letter";
import Line from "./Line";
import { Visit } from "./Visit";
import { words } from "./words";

const ahead = ["scheduled", "unconfirmed", "in-care"]; // states in which the patient comes, or has come

/** What a referral says: when and where, the answer, the letter, whom it asks, the plan, what was said before. */
export default function Content(told: OwnProps) {
  const { found, task, steps } = told;
  const t = useSay();
  const { role } = useActing();
  const kept = keptOf(task);
  const records = useRecords(kept, found.place.resident);
  if (!task) return null;
  const resident = people.some((r) => r === role);
  const all = records.data ?? new Map<string, Resource>();
  const letter = all.get(kept.letter);
  const follow = followUpsOf(all.get(kept.plan), kept);
  const doctor = found.party.find((p) => p.name === "doctor")?.called ?? "";
  const sinceLetter = task.input?.slice(task.input.findLastIndex((i) => i.type?.text === "letter")) ?? [];
  const signed = sinceLetter.some((i) => i.type?.text === "signature");
  return (
    <>
      {kept.time && ahead.includes(found.place.state) && (
        <Visit time={kept.time} visit={kept.visit} doctor={doctor} bring={kept.bring} department={all.get(kept.asked.at(-1) ?? "")} records={all} />
      )}
      {resident && steps.length > 0 && <Line {...told} />}
      <Answer found={found} kept={kept} resident={resident} />
      {follow.length > 0 && <FollowUps all={follow} />}
      {records.error && <Failed error={records.error} again={() => void records.refetch()} />}
      {records.isLoading && <Part title={t(words.letter)}><Loading rows={4} /></Part>}
      {kept.asked.length > 0 && records.data && <Chain asked={kept.asked} records={all} state={found.place.state} />}
      {letter && <Letter letter={letter} records={all} signed={signed} />}
      {!resident && <Before kept={kept} found={found} task={task} steps={steps} />}
    </>
  );
}

/** What has come of it. */
function Answer({ found, kept, resident }: { found: Case; kept: Kept; resident: boolean }) {
  const t = useSay();
  const fitness = { yes: words.fits, partly: words.fitsPartly, no: words.unfit }[kept.appropriate];
  const told: [string, ReactNode][] = [
    [t(words.reason), (found.place.state === "returned" || !found.place.waits) && kept.reason],
    [t(words.summary), kept.summary],
    [t(words.appropriate), !resident && fitness && t(fitness)],
  ];
  if (!told.some(([, value]) => value)) return null;
  return (
    <Part title={t(words.outcome)}>
      <Flex vertical gap="small" style={{ whiteSpace: "pre-wrap" }}>
        {told.map(([label, value]) => value && <Said key={label} label={label}>{value}</Said>)}
      </Flex>
    </Part>
  );
}

/** Something that was said, below what it is called. */
function Said({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Typography.Text type="secondary">{label}</Typography.Text>
      <div style={{ whiteSpace: "pre-wrap" }}>{children}</div>
    </div>
  );
}

/** The institutions that were asked, in order. */
function Chain({ asked, records, state }: { asked: string[]; records: ReadonlyMap<string, Resource>; state: string }) {
  const t = useSay();
  const { token } = theme.useToken();
  return (
    <Part title={t(words.chain)}>
      <ol style={{ margin: 0, paddingInlineStart: 24 }}>
        {asked.map((reference, i) => {
          const service = records.get(reference);
          const at = (service?.["providedBy"] as { display?: string; reference?: string } | undefined);
          const institution = at?.display ?? String(records.get(at?.reference ?? "")?.["name"] ?? "");
          const last = i === asked.length - 1;
          return (
            <li key={i} style={{ paddingBlock: 4, color: last ? token.colorText : token.colorTextSecondary }}>
              <Flex gap="4px 8px" wrap align="center">
                <span>{[institution, String(service?.["name"] ?? "")].filter(Boolean).join(" ") || t(words.unknownPlace)}</span>
                {!last && <Tag variant="outlined" style={{ margin: 0 }}>{t(words.forwarded)}</Tag>}
                {last && asked.length > 1 && state !== "returned" && (
                  <Tag variant="outlined" color="processing" style={{ margin: 0 }}>{t(words.askedNow)}</Tag>
                )}
              </Flex>
            </li>
          );
        })}
      </ol>
    </Part>
  );
}

/** The days of follow-up: what is done, what is to come. */
function FollowUps({ all }: { all: FollowUp[] }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const done = all.filter((f) => f.done).length;
  return (
    <Part title={t(words.plan)}>
      <Typography.Paragraph type="secondary">{t(words.planCount, done, all.length)}</Typography.Paragraph>
      <ol style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {all.map((f, i) => (
          <li key={i} style={{ paddingBlock: 6, borderBlockStart: i > 0 ? `1px solid ${token.colorBorderSecondary}` : "none" }}>
            <Flex gap="0 12px" wrap align="baseline">
              <span style={{ color: f.done ? token.colorSuccess : token.colorTextSecondary }}>
                {f.done ? <CheckCircleFilled aria-hidden /> : <ClockCircleOutlined aria-hidden />}
                {" "}
                {t(f.done ? words.followed : words.toFollow)}
              </span>
              <span className="numbers">{dateOf(f.day, language)}</span>
              {f.findings && <span style={{ flexBasis: "100%", whiteSpace: "pre-wrap" }}>{f.findings}</span>}
            </Flex>
          </li>
        ))}
      </ol>
    </Part>
  );
}

/** What was asked and answered before the letter, how the resident agreed, and what people have noted. */
function Before({ kept, found, task, steps }: Pick<OwnProps, "found" | "steps"> & { kept: Kept; task: NonNullable<OwnProps["task"]> }) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const urgencies: Record<string, Text> = { urgent: words.urgent, stat: words.green };
  const urgency = urgencies[String(task["priority"])] ?? words.routine;
  const consent = found.kept.find((k) => k.name === "consent")?.code.find((c) => c.code === kept.consent);
  const notes = task.note ?? [];
  const noted = (who = "", at = "") =>
    [t(words.note), calledOf(who, found.party, steps), at && times.time(at)].filter(Boolean).join(" · ");
  const long: [string, string][] = [
    [t(words.question), kept.question], [t(words.assessment), kept.assessment],
    ...kept.opinions.map((o): [string, string] => [t(words.opinion), o]), [t(words.conclusion), kept.letter ? "" : kept.conclusion],
  ];
  return (
    <Part title={t(words.before)}>
      <Flex vertical gap="middle">
        <Pairs of={[[t(words.urgency), t(urgency)], [t(words.consent), consent && callOf(consent, language)]]} />
        {long.filter(([, text]) => text).map(([label, text], i) => <Said key={i} label={label}>{text}</Said>)}
        {notes.map((n, i) => (
          <Said key={`note${i}`} label={noted(n.authorReference?.reference, n.time)}>{n.text}</Said>
        ))}
      </Flex>
    </Part>
  );
}
