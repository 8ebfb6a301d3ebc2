import { Flex, Typography } from "antd";
import { Problem } from "../../api/http";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { words } from "./words";

/** What a page shows in place of its content. */
export function States() {
  const t = useSay();
  const problems = [
    { name: words.unreached, error: new Problem(0, "") },
    { name: words.ours, error: new Problem(503, "", [], "01J9-DESIGN") },
    { name: words.refusal, error: new Problem(403, t(words.said)) },
  ];
  return (
    <Flex vertical gap="middle">
      <Typography.Title level={3} style={{ margin: 0 }}>{t(words.empty)}</Typography.Title>
      <Empty title={t(words.nothing)} why={t(words.nothingWhy)}><LinkButton to="/design">{t(words.link)}</LinkButton></Empty>
      <Typography.Title level={3} style={{ margin: 0 }}>{t(words.loading)}</Typography.Title>
      <Loading rows={3} />
      {problems.map(({ name, error }) => (
        <Flex key={name[1]} vertical gap="small">
          <Typography.Title level={3} style={{ margin: 0 }}>{t(name)}</Typography.Title>
          <Failed error={error} />
        </Flex>
      ))}
    </Flex>
  );
}
