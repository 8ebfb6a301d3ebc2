import { Button, Flex, Typography } from "antd";
import { useSay } from "../../app/session";
import { words } from "./words";

/** What a page is like on paper. */
export function Print() {
  const t = useSay();
  return (
    <Flex vertical gap="middle" align="start">
      <Typography.Text>{t(words.printWhy)}</Typography.Text>
      <Button className="no-print" onClick={() => window.print()}>{t(words.printNow)}</Button>
    </Flex>
  );
}
