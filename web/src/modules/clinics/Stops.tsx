import { Alert, App, Button, Flex } from "antd";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { type Column, Rows } from "../../parts/Rows";
import { dateOf } from "../../words/dates";
import { type Clinic, type Stop, useStop } from "./clinics";
import { words } from "./words";

/** The stops of a clinic that are not over, each of which can be taken back. */
export function Stops({ id, of }: { id: string; of: Clinic }) {
  const t = useSay();
  const { language } = useWho();
  const { modal } = App.useApp();
  const resume = useStop(id);
  const days = (s: Stop) => (s.from === s.to ? dateOf(s.from, language) : t(words.stopSpan, dateOf(s.from, language), dateOf(s.to, language)));

  function ask(s: Stop) {
    void modal.confirm({
      title: t(words.resumeAsked, days(s)),
      content: t(words.resumeWill),
      okText: t(words.resume),
      cancelText: t(words.resumeKeep),
      onOk: () => resume.mutateAsync({ from: s.from, to: s.to, back: true }).then(() => {}, () => {}),
    });
  }

  const columns: Column<Stop>[] = [
    { key: "days", words: words.stopDays, text: days },
    { key: "reason", words: words.reason, long: true, text: (s) => s.reason },
    {
      key: "action", words: words.action, acts: true, text: () => "",
      show: (s) => <Button aria-label={t(words.resumeOf, days(s))} disabled={resume.isPending} onClick={() => ask(s)}>{t(words.resume)}</Button>,
    },
  ];
  return (
    <Flex vertical gap="middle">
      {resume.error && <Failed error={resume.error} />}
      {resume.data && <Alert type="success" showIcon role="status" title={t(words.resumeDone, resume.data.segments)} description={resume.data.left > 0 && t(words.resumeLeft, resume.data.left)} />}
      <Rows name="clinic-stops" label={t(words.stopsTable)} columns={columns} rows={of.stop} rowKey={(s) => s.from} empty={<Empty title={t(words.noStops)} why={t(words.noStopsWhy)} />} />
    </Flex>
  );
}
