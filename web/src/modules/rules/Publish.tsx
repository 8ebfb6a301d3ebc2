import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Flex, Modal, Typography } from "antd";
import { useState } from "react";
import { Problem } from "../../api/http";
import { operate } from "../../api/parameters";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { dateOf, dayOf } from "../../words/dates";
import { toast } from "../../plain/toasts";
import { keys, regionOf, type Rule, titleOf, type Version } from "./rules";
import { moves } from "./words";

const followed = 4_000; // ms within which the server has the book of what was published

/** Publishes a draft, once it was said what that does. */
export function Publish({ rule, version }: { rule: Rule; version: Version }) {
  const t = useSay();
  const { language } = useWho();
  const client = useQueryClient();
  const [open, ask] = useState(false);
  const publish = useMutation({
    mutationFn: () => operate("Library/[id]/$rules-publish", {}, { id: version.library }),
    onSuccess: () => {
      ask(false);
      toast("success", t(moves.done, version.name));
      void client.invalidateQueries({ queryKey: keys.all });
      setTimeout(() => void client.invalidateQueries({ queryKey: keys.all }), followed);
    },
  });
  const refused = publish.error instanceof Problem ? { 403: moves.own, 409: moves.behind }[publish.error.status] : undefined;
  const from = dateOf(version.from, language);
  return (
    <>
      <Button type="primary" onClick={() => ask(true)} className="no-print">{t(moves.publish)}</Button>
      <Modal
        open={open}
        title={t(moves.ask, titleOf(rule, language), version.name)}
        okText={t(moves.publish)}
        cancelText={t(moves.cancel)}
        confirmLoading={publish.isPending}
        onOk={() => publish.mutate()}
        onCancel={() => {
          ask(false);
          publish.reset();
        }}
      >
        <Flex vertical gap={12}>
          <Typography.Text>{t(moves.will, from, regionOf(version.region, language))}</Typography.Text>
          {version.from < dayOf(new Date().toISOString()) && <Alert type="warning" showIcon title={t(moves.past, from)} />}
          {refused ? <Alert type="error" role="alert" showIcon title={t(refused)} /> : publish.error && <Failed error={publish.error} />}
        </Flex>
      </Modal>
    </>
  );
}
