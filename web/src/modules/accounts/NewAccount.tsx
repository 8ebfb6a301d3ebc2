import { Alert, Card, Flex, Typography } from "antd";
import { useNavigate } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { dropDraft } from "../../parts/form/draft";
import { FieldForm } from "../../parts/form/FieldForm";
import { LinkButton } from "../../parts/LinkButton";
import { toast } from "../../plain/toasts";
import { accountBody, accountFields } from "./forms";
import { useChange } from "./staff";
import { words } from "./words";

const draft = "accounts:new";

/** Makes an account; its person is invited on its own page. */
export default function NewAccount() {
  const t = useSay();
  const { language } = useWho();
  const acting = useActing();
  const go = useNavigate();
  const make = useChange<ReturnType<typeof accountBody>, { id: string }>("accounts", (body) => ({ path: "accounts", body }));
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.makeTitle)}</Typography.Title>
      <Alert type="info" showIcon title={acting.role === "administrator" ? t(words.makeAt, acting.where ?? "") : t(words.makeForPlatform)} description={t(words.makeWhy)} />
      <Card>
        <FieldForm
          fields={accountFields(acting, language)}
          name={draft}
          send={t(words.send)}
          busy={make.isPending}
          error={make.error}
          onSend={(values) =>
            make.mutate(accountBody(values), {
              onSuccess: ({ id }) => {
                dropDraft(draft);
                toast("success", t(words.made));
                void go(`/accounts/${id}`);
              },
            })
          }
        >
          <LinkButton to="/accounts">{t(words.cancel)}</LinkButton>
        </FieldForm>
      </Card>
    </Flex>
  );
}
