import { Card, Flex, Typography } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { dropDraft } from "../../parts/form/draft";
import { FieldForm } from "../../parts/form/FieldForm";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { toast } from "../../plain/toasts";
import { types } from "../../resource/elements/words";
import { askedOf, exportAsks, exportFields, exportWrong, type Own, useAsk, useOwn } from "./exports";
import { words } from "./words";

const draft = "exports:new";
const closed = ["AuditEvent", "Binary", "Bundle", "Task", "Subscription"]; // which are no data that leave by an export
const offered = Object.keys(types).filter((type) => !closed.includes(type));

/** Asks for an export. */
export default function NewExport() {
  const t = useSay();
  const own = useOwn();
  return (
    <Flex vertical gap={16}>
      <Link to="/exports">{t(words.back)}</Link>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.ask)}</Typography.Title>
      <Typography.Text type="secondary">{t(words.why)}</Typography.Text>
      {own.error && <Failed error={own.error} again={() => void own.refetch()} />}
      {own.isPending && <Loading rows={8} />}
      {own.data && <Card><Asking limits={own.data} /></Card>}
    </Flex>
  );
}

function Asking({ limits }: { limits: Own }) {
  const t = useSay();
  const { language } = useWho();
  const go = useNavigate();
  const ask = useAsk();
  const [preset] = useState({ abroad: "false" });
  return (
    <FieldForm
      fields={exportFields(limits, offered, language, new Date())}
      name={draft}
      preset={preset}
      send={t(words.send)}
      busy={ask.isPending}
      error={ask.error}
      show={exportAsks}
      check={(values) => exportWrong(values, limits, new Date(), language)}
      onSend={(values) =>
        ask.mutate(askedOf(values, limits, new Date()), {
          onSuccess: () => {
            dropDraft(draft);
            toast("success", t(words.sent));
            void go("/exports");
          },
        })
      }
    >
      <LinkButton to="/exports">{t(words.cancel)}</LinkButton>
    </FieldForm>
  );
}
