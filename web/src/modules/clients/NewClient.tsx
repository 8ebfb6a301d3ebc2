import { Alert, Card, Flex, Typography } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { dropDraft } from "../../parts/form/draft";
import { FieldForm } from "../../parts/form/FieldForm";
import { LinkButton } from "../../parts/LinkButton";
import { Once } from "../../parts/Once";
import { toast } from "../../plain/toasts";
import { useChange } from "../accounts/staff";
import { clientAsks, clientBody, clientFields, clientWrong } from "./forms";
import { words } from "./words";

const draft = "clients:new";

/** Registers a program; its secret, if it gets one, is shown once. */
export default function NewClient() {
  const t = useSay();
  const { language } = useWho();
  const acting = useActing();
  const go = useNavigate();
  const [made, setMade] = useState<{ id: string; secret: string }>();
  const register = useChange<ReturnType<typeof clientBody>, { id: string; secret?: string }>("clients", (body) => ({ path: "clients", body }));
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.make)}</Typography.Title>
      {made && <Once title={t(words.secretOnce)} secret={made.secret} why={t(words.secretWhy)} onDone={() => void go(`/clients/${made.id}`)} />}
      {!made && <Alert type="info" showIcon title={t(acting.role === "administrator" ? words.backendWhy : words.makeWhy)} />}
      {!made && (
        <Card>
          <FieldForm
            fields={clientFields(acting, language)}
            name={draft}
            send={t(words.send)}
            busy={register.isPending}
            error={register.error}
            show={clientAsks}
            check={(values) => clientWrong(values, Date.now(), language)}
            onSend={(values) =>
              register.mutate(clientBody(acting, values), {
                onSuccess: ({ id, secret }) => {
                  dropDraft(draft);
                  toast("success", t(words.made));
                  if (secret) setMade({ id, secret });
                  else void go(`/clients/${id}`);
                },
              })
            }
          >
            <LinkButton to="/clients">{t(words.cancel)}</LinkButton>
          </FieldForm>
        </Card>
      )}
    </Flex>
  );
}
