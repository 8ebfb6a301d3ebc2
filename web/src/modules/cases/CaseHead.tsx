import { Card, Flex, Tag, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { useTimes } from "../../parts/times";
import { inWords, type Party, type Place } from "./cases";
import { Deadline } from "./Deadline";
import { words } from "./words";

/** What a case is, where it stands, whom it waits for, and by when. */
export function CaseHead({ place, parties, sending }: { place: Place; parties: Party[]; sending: boolean }) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const party = parties.find((p) => p.name === place.waits);
  const waits = [inWords(place, "waits", language), party?.called].filter(Boolean).join(language === "en" ? ", " : " ");
  return (
    <Card>
      <Typography.Title level={1} style={{ marginTop: 0 }}>{inWords(place, "process", language)}</Typography.Title>
      <Flex gap="8px 24px" wrap align="center">
        <span role="status">
          <Tag variant="outlined" style={{ fontSize: "inherit", padding: "2px 10px" }}>{inWords(place, "state", language)}</Tag>
          {sending && <Typography.Text type="secondary">{t(words.sending)}…</Typography.Text>}
        </span>
        {place.since && <span>{t(words.sinceAt, times.time(place.since))}</span>}
        {place.deadline && place.waits && <span>{t(words.deadlineAt, times.day(place.deadline))} (<Deadline place={place} />)</span>}
        {place.waits && waits && !sending && <span>{t(words.waitsFor, waits)}</span>}
      </Flex>
    </Card>
  );
}
