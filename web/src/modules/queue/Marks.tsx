import { Flex, Tag, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { codeOf } from "../../resource/codes";
import { told } from "../../words/list";
import type { Entry, State } from "./queue";
import { said } from "./said";
import { words } from "./words";

const colours: Record<State, string> = {
  waiting: "default", called: "warning", skipped: "error", consulting: "processing", tests: "processing", returning: "success", done: "success", left: "default",
};

/** How a ticket stands. */
export function TicketState({ is }: { is: State }) {
  const t = useSay();
  return <Tag variant="outlined" color={colours[is]} style={{ margin: 0 }}>{t(said.state[is])}</Tag>;
}

/** What has a say in when somebody is called: priority, being back from tests, having been skipped. */
export function Marks({ of }: { of: Entry }) {
  const t = useSay();
  const first = of.priority && of.priority !== "none" ? of.priority : undefined;
  return (
    <Flex gap={4} wrap>
      {first && <Tag variant="solid" color="error" style={{ margin: 0 }}>{t(said.priority[first])}</Tag>}
      {of.state !== "waiting" && <TicketState is={of.state} />}
    </Flex>
  );
}

/** Sex and age in words. */
export function About({ of }: { of: Entry }) {
  const t = useSay();
  const { language } = useWho();
  const sex = of.sex ? codeOf(of.sex, language) : "";
  return <Typography.Text>{told([sex, of.age === undefined ? "" : t(words.years, of.age)], language)}</Typography.Text>;
}
