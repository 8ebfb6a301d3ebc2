import { Flex, theme, Typography } from "antd";
import { useSay } from "../../app/session";
import { words } from "./words";

const gaps = ["sizeXXS", "sizeXS", "sizeSM", "size", "sizeMD", "sizeLG", "sizeXL", "sizeXXL"] as const;

/** The gaps between things. */
export function Spacing() {
  const t = useSay();
  const { token } = theme.useToken();
  return (
    <Flex vertical gap="middle">
      <Typography.Text>{t(words.spacingWhy)}</Typography.Text>
      <Flex vertical gap="small">
        {gaps.map((gap) => (
          <Flex key={gap} align="center" gap="middle">
            <code style={{ flex: "0 0 84px" }}>{gap}</code>
            <span aria-hidden style={{ width: token[gap], height: 16, background: token.colorPrimary }} />
            <Typography.Text type="secondary" className="numbers">{t(words.pixels, token[gap])}</Typography.Text>
          </Flex>
        ))}
      </Flex>
    </Flex>
  );
}
