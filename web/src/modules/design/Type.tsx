import { Flex, Table, theme, Typography } from "antd";
import { useSay } from "../../app/session";
import { Wide } from "../../parts/Wide";
import { themeOf } from "../../theme/tokens";
import { words } from "./words";

const usual = theme.getDesignToken(themeOf(false));
const large = theme.getDesignToken(themeOf(true));

const sizes = [
  "fontSizeHeading1", "fontSizeHeading2", "fontSizeHeading3", "fontSizeHeading4", "fontSizeLG", "fontSize", "fontSizeSM", "controlHeight",
] as const;

/** The sizes of type, usual and large beside each other. */
export function Type() {
  const t = useSay();
  const names = [...[1, 2, 3, 4].map((level) => t(words.heading, level)), t(words.lead), t(words.body), t(words.small), t(words.control)];
  const look = (size: (typeof sizes)[number], of: typeof usual) => ({
    fontSize: of[size], lineHeight: 1.3, whiteSpace: "nowrap" as const, fontWeight: size.includes("Heading") ? of.fontWeightStrong : undefined,
  });
  const shown = (size: (typeof sizes)[number], of: typeof usual) => (
    <Flex align="baseline" gap="small">
      {size !== "controlHeight" && <span style={look(size, of)}>{t(words.sample)}</span>}
      <Typography.Text type="secondary" className="numbers" style={{ whiteSpace: "nowrap" }}>{t(words.pixels, of[size])}</Typography.Text>
    </Flex>
  );
  return (
    <Flex vertical gap="middle">
      <Typography.Text>{t(words.typeWhy)}</Typography.Text>
      <Wide label={t(words.type)}>
        <Table
          size="small"
          rowKey="size"
          pagination={false}
          dataSource={sizes.map((size, i) => ({ size, name: names[i] }))}
          columns={[
            { title: t(words.step), dataIndex: "name" },
            { title: t(words.usual), render: (_, { size }) => shown(size, usual) },
            { title: t(words.large), render: (_, { size }) => shown(size, large) },
          ]}
        />
      </Wide>
    </Flex>
  );
}
