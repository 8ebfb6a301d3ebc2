import { Flex, Typography } from "antd";
import { useActing, useSay } from "../../app/session";
import { Sections } from "../../parts/Sections";
import { Events } from "./Events";
import { Mark } from "./Mark";
import { Sealing } from "./Sealing";
import { words } from "./words";

/** The trail: who did what on whom, whether it is sealed, and from which export a mark comes. */
export default function Trail() {
  const t = useSay();
  const { role } = useActing();
  return (
    <Flex vertical gap={16}>
      <div>
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <Typography.Text type="secondary">{t(words.why)}</Typography.Text>
      </div>
      <Sections
        items={[
          { key: "events", label: t(words.events), children: <Events /> },
          { key: "state", label: t(words.state), children: <Sealing /> },
          ...(role === "regulator" ? [{ key: "mark", label: t(words.mark), children: <Mark /> }] : []),
        ]}
      />
    </Flex>
  );
}
