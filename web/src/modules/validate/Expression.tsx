import { useMutation } from "@tanstack/react-query";
import { Button, Card, Flex, Input, theme, Typography } from "antd";
import { type FormEvent, useState } from "react";
import { operate } from "../../api/parameters";
import { useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { exactly, print } from "../../resource/json/parse";
import { Tree } from "../record/Tree";
import { words } from "./words";

/** Evaluates an expression on a resource; the resource goes as it is typed. */
async function evaluate({ expression, text }: { expression: string; text: string }): Promise<Record<string, unknown>[]> {
  const body = `{"resourceType":"Parameters","parameter":[{"name":"expression","valueString":${JSON.stringify(expression)}},{"name":"resource","resource":${print(exactly(text))}}]}`;
  const { data } = await operate("$fhirpath", body, { parse: exactly });
  return data.parameter ?? [];
}

const readable = (text: string) => {
  try {
    exactly(text);
    return true;
  } catch {
    return false;
  }
};

/** FHIRPath to try on the resource above. */
export function Expression({ text }: { text: string }) {
  const t = useSay();
  const { token } = theme.useToken();
  const [expression, write] = useState("");
  const tried = useMutation({ mutationFn: evaluate });
  const can = readable(text);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (can && expression.trim()) tried.mutate({ expression, text });
  };
  return (
    <Card title={<Typography.Title level={2} style={{ margin: 0 }}>{t(words.expression)}</Typography.Title>}>
      <form onSubmit={submit}>
        <Flex vertical gap={12}>
          <label htmlFor="expression">{t(words.path)}</label>
          <Flex wrap gap={8}>
            <Input id="expression" value={expression} onChange={(e) => write(e.target.value)} placeholder={t(words.pathExample)} spellCheck={false} style={{ flex: "1 1 260px", fontFamily: token.fontFamilyCode }} />
            <Button htmlType="submit" loading={tried.isPending} disabled={!can || !expression.trim()}>{t(words.evaluate)}</Button>
          </Flex>
          {!can && <Typography.Text type="secondary">{t(words.needed)}</Typography.Text>}
          {tried.error && <Failed error={tried.error} />}
          {tried.data && (
            <div role="status">
              <div>{tried.data.length === 0 ? t(words.nothing) : t(words.items, tried.data.length)}</div>
              {tried.data.map(({ name: _, ...value }, i) => <Tree key={i} value={value} open />)}
            </div>
          )}
        </Flex>
      </form>
    </Card>
  );
}
