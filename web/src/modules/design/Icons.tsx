import { Flex, theme, Typography } from "antd";
import { iconNames, iconOf } from "../../app/icons";
import { useSay } from "../../app/session";
import { words } from "./words";

/** The icons, by the names under which places have them. */
export function Icons() {
  const t = useSay();
  const { token } = theme.useToken();
  return (
    <Flex vertical gap="middle">
      <Typography.Text>{t(words.iconWhy)}</Typography.Text>
      <div className="cells">
        {iconNames.map((name) => (
          <Flex key={name} vertical align="center" gap={4}>
            <span aria-hidden style={{ fontSize: token.fontSizeHeading2, color: token.colorPrimary }}>{iconOf(name)}</span>
            <code>{name}</code>
          </Flex>
        ))}
      </div>
    </Flex>
  );
}
