import { Alert, Button, Card, Flex, Typography } from "antd";
import { useNavigate } from "react-router";
import type { Resource } from "../../api/fhir";
import { Problem } from "../../api/http";
import { useActing, useSay, useWho } from "../../app/session";
import { dropDraft } from "../../parts/form/draft";
import { FieldForm } from "../../parts/form/FieldForm";
import { LinkButton } from "../../parts/LinkButton";
import { Opened } from "../../parts/Opened";
import { toast } from "../../plain/toasts";
import { institutionBody, institutionFields, institutionValues, institutionWrong } from "./forms";
import { useWrite } from "./institutions";
import { words } from "./words";

const draft = "institutions:new";

/** Makes an institution; an administrator, a department of the own one. */
export default function NewInstitution() {
  const t = useSay();
  const { language } = useWho();
  const acting = useActing();
  const go = useNavigate();
  const write = useWrite();
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(acting.role === "operator" ? words.make : words.makeDepartment)}</Typography.Title>
      <Card>
        <FieldForm
          fields={institutionFields(acting, language)}
          name={draft}
          send={t(words.save)}
          busy={write.isPending}
          error={write.error}
          check={(values) => institutionWrong(values, language)}
          onSend={(values) =>
            write.mutate(institutionBody(acting, values, language), {
              onSuccess: (r) => {
                dropDraft(draft);
                toast("success", t(words.made));
                void go(`/institutions/${r.id}`);
              },
            })
          }
        >
          <LinkButton to={acting.role === "operator" ? "/institutions" : `/institutions/${acting.institution?.split("/")[1]}`}>{t(words.cancel)}</LinkButton>
        </FieldForm>
      </Card>
    </Flex>
  );
}

/** Changes an institution in place. */
export function Edit({ of, onDone }: { of: Resource; onDone: () => void }) {
  const t = useSay();
  const { language } = useWho();
  const acting = useActing();
  const write = useWrite();
  const name = `institutions:${of.id}:${of.meta?.versionId}`;
  const quicker = write.error instanceof Problem && write.error.status === 412;
  return (
    <Opened title={t(words.editTitle)}>
      <Flex vertical gap="middle">
        {quicker && <Alert type="warning" showIcon role="alert" title={t(words.quicker)} />}
        <FieldForm
          fields={institutionFields(acting, language, of)}
          name={name}
          send={t(words.save)}
          preset={institutionValues(of, language)}
          busy={write.isPending}
          error={quicker ? null : write.error}
          onSend={(values) =>
            write.mutate(institutionBody(acting, values, language, of), {
              onSuccess: () => {
                dropDraft(name);
                toast("success", t(words.saved));
                onDone();
              },
            })
          }
        >
          <Button onClick={onDone}>{t(words.cancel)}</Button>
        </FieldForm>
      </Flex>
    </Opened>
  );
}
