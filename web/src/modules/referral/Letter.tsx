import { Flex, theme, Typography } from "antd";
import { Link } from "react-router";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { Part } from "../../parts/Part";
import { useTimes } from "../../parts/times";
import { typeOf } from "../../resource/elements";
import { narrative } from "../../resource/narrative";
import type { Result } from "../../resource/results";
import { gistOf, titleOf, whenOf } from "../../resource/summary";
import type { Text } from "../../words";
import { Standing } from "../record/Standing";
import { type Section, sectionsOf } from "./kept";
import { words } from "./words";

const titles: Record<string, Text> = {
  "42349-1": words.secReason, "10164-2": words.secHistory, "29545-1": words.secFindings, "18776-5": words.secQuestion,
  "10160-0": words.medicines, "48765-2": words.allergies, "30954-2": words.results, "11450-4": words.problems,
};

/** A referral letter as a person reads it: its parts in words, and the records that it takes along. */
export function Letter({ letter, records, signed }: { letter: Resource; records: ReadonlyMap<string, Resource>; signed: boolean }) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const author = (letter["author"] as { reference?: string; display?: string }[] | undefined)?.[0];
  const known = records.get(author?.reference ?? "");
  const called = author?.display ?? (known && titleOf(known, language));
  const date = typeof letter["date"] === "string" ? times.time(letter["date"]) : "";
  return (
    <Part title={t(words.letter)}>
      <Flex vertical gap="middle" className="sheet">
        <Typography.Text type="secondary">
          {[called, date, t(signed ? words.letterSigned : words.letterUnsigned)].filter(Boolean).join(" · ")}
        </Typography.Text>
        {sectionsOf(letter).map((s) => <OfLetter key={s.code || s.title} section={s} records={records} />)}
        <Link className="no-print" to={`/record/Composition/${letter.id}`}>{t(words.letterRecord)}</Link>
      </Flex>
    </Part>
  );
}

function OfLetter({ section: s, records }: { section: Section; records: ReadonlyMap<string, Resource> }) {
  const t = useSay();
  const { language } = useWho();
  const title = titles[s.code];
  return (
    <section>
      <Typography.Title level={3} style={{ marginBlock: 0 }}>{title ? t(title) : s.title}</Typography.Title>
      {s.div && <div>{narrative(s.div, language)}</div>}
      {s.entries.length > 0 && (
        <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
          {s.entries.map((reference) => <Attached key={reference} reference={reference} record={records.get(reference)} />)}
        </ul>
      )}
    </section>
  );
}

/** A record that a letter takes along, as one line. */
function Attached({ reference, record }: { reference: string; record: Resource | undefined }) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const { token } = theme.useToken();
  const style = { paddingBlock: 4, borderBlockEnd: `1px solid ${token.colorBorderSecondary}` };
  if (!record) {
    return (
      <li style={style}>
        <Typography.Text type="secondary">{t(words.notShown, typeOf(reference.split("/")[0] ?? "", language))}</Typography.Text>
      </li>
    );
  }
  return (
    <li style={style}>
      <Flex wrap gap="0 12px" align="center">
        <Link to={`/record/${reference}`} style={{ minHeight: 24 }}>{titleOf(record, language)}</Link>
        <span className="numbers">{gistOf(record, language)}</span>
        <Standing of={record as Result} short />
        <Typography.Text type="secondary" className="numbers">{whenOf(record) && times.day(whenOf(record))}</Typography.Text>
      </Flex>
    </li>
  );
}
