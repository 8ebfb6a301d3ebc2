import { CopyOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, theme, Typography } from "antd";
import { useEffect, useRef } from "react";
import { useSay } from "../app/session";
import { toast } from "../plain/toasts";
import { words } from "./words";

/** Copies a text. */
export function Copy({ text, small = false }: { text: string; small?: boolean }) {
  const t = useSay();
  const copy = () => void navigator.clipboard.writeText(text).then(() => toast("success", t(words.copied)), () => toast("error", t(words.notCopied)));
  return <Button size={small ? "small" : "middle"} icon={<CopyOutlined aria-hidden />} onClick={copy}>{t(words.copy)}</Button>;
}

/** Shows a secret that is told this once, to be copied. */
export function Once({ title, secret, why, onDone }: { title: string; secret: string; why: string; onDone: () => void }) {
  const t = useSay();
  const { token } = theme.useToken();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} tabIndex={-1}>
      <Alert
        type="success"
        showIcon
        role="status"
        title={title}
        description={
          <Flex vertical gap="small" align="start">
            <Flex gap="small" align="center" wrap>
              <code className="numbers" style={{ fontSize: token.fontSizeHeading3, fontWeight: 650, overflowWrap: "anywhere" }}>{secret}</code>
              <Copy text={secret} />
            </Flex>
            <Typography.Text>{why}</Typography.Text>
            <Button onClick={onDone}>{t(words.noted)}</Button>
          </Flex>
        }
      />
    </div>
  );
}
