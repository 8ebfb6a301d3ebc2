import { useMutation } from "@tanstack/react-query";
import { Button, Flex, Typography } from "antd";
import { useRef } from "react";
import { operate } from "../../api/parameters";
import { Problem } from "../../api/http";
import { useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { classesOf } from "../../plain/Button";
import { useTask } from "../cases/cases";
import type { MoveFormProps } from "../cases/own";
import { keptOf } from "./kept";
import { words } from "./words";

/** Whether a signature was refused until its person has shown the second factor once more. */
const isStale = (error: Error | null): boolean =>
  error instanceof Problem && error.status === 403 && error.issues.some((i) => i.text.includes("/auth/confirm"));

/** Signs the letter and sends it, by one button. */
export default function Send({ id, found, busy, error, onSend, onCancel }: MoveFormProps) {
  const t = useSay();
  const { task } = useTask(id, found.place.resident).data ?? {};
  const letter = keptOf(task).letter;
  const signed = useRef(""); // a letter is not signed twice where the sending is tried again
  const sign = useMutation({
    mutationFn: async () => {
      if (signed.current === letter) return;
      await operate("[type]/[id]/$sign", {}, { type: "Composition", id: letter.split("/")[1] ?? "" });
      signed.current = letter;
    },
    onSuccess: () => onSend({ resourceType: "Parameters", parameter: [] }),
  });
  const here = encodeURIComponent(window.location.pathname);
  return (
    <Flex vertical gap="middle">
      <Typography.Text>{t(words.signWhat)}</Typography.Text>
      {isStale(sign.error) ? (
        <Flex vertical gap="small" role="alert" align="start">
          <Typography.Text strong>{t(words.confirmFirst)}</Typography.Text>
          <a className={classesOf({ type: "primary" })} href={`/auth/confirm?next=${here}`}>{t(words.confirmNow)}</a>
        </Flex>
      ) : (
        sign.error && <Failed error={sign.error} />
      )}
      {error && !sign.error && <Failed error={error} />}
      <Flex gap="small" wrap>
        <Button type="primary" loading={busy || sign.isPending} disabled={!letter} onClick={() => sign.mutate()}>
          {t(words.signAndSend)}
        </Button>
        <Button disabled={busy || sign.isPending} onClick={onCancel}>{t(words.cancel)}</Button>
      </Flex>
    </Flex>
  );
}
