import { Alert, Card, Flex, Typography } from "antd";
import { useMemo } from "react";
import { useNavigate, useParams } from "react-router";
import type { Resource } from "../../api/fhir";
import { Problem } from "../../api/http";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { dropDraft } from "../../parts/form/draft";
import { FieldForm } from "../../parts/form/FieldForm";
import { fieldOf } from "../../parts/form/named";
import { textOf } from "../../parts/form/values";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { toast } from "../../plain/toasts";
import { titleOf } from "../../resource/summary";
import { useDepartments, useWrite } from "./agreements";
import { Back } from "./Back";
import { capacityMost, capacityOf, withCapacity } from "./capacity";
import { words } from "./words";

const list = "/alliance/departments";

/** How many referrals a day a department of one's institution takes. */
export default function Capacity() {
  const t = useSay();
  const { language } = useWho();
  const { id = "" } = useParams();
  const { institution = "" } = useActing();
  const found = useDepartments(institution);
  const service = found.data?.find((r) => r.id === id);
  return (
    <Flex vertical gap={16}>
      <Back to={list}>{t(words.backToDepartments)}</Back>
      <Typography.Title level={1} style={{ margin: 0 }}>
        {service ? t(words.changePerDay, titleOf(service, language)) : t(words.perDayTitle)}
      </Typography.Title>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={4} />}
      {found.data && !service && <Empty title={t(words.noDepartment)} />}
      {service && <Card><Form of={service} /></Card>}
    </Flex>
  );
}

function Form({ of }: { of: Resource }) {
  const t = useSay();
  const go = useNavigate();
  const write = useWrite();
  const name = `capacity:${of.id}:${of.meta?.versionId ?? ""}`;
  const label = t(words.mostPerDay);
  const doc = t(words.mostPerDayHelp);
  const fields = useMemo(() => [fieldOf("most", label, { kind: "integer", from: 0, to: capacityMost, doc })], [label, doc]);
  const quicker = write.error instanceof Problem && write.error.status === 412;
  return (
    <Flex vertical gap="middle">
      {quicker && <Alert type="warning" showIcon role="alert" title={t(words.departmentQuicker)} />}
      <FieldForm
        fields={fields}
        name={name}
        send={t(words.save)}
        preset={{ most: capacityOf(of)?.toString() ?? "" }}
        busy={write.isPending}
        error={quicker ? null : write.error}
        onSend={({ most }) => {
          const said = textOf(most).trim();
          write.mutate(withCapacity(of, said ? Number(said) : undefined), {
            onSuccess: () => {
              dropDraft(name);
              toast("success", t(words.saved));
              void go(list);
            },
          });
        }}
      >
        <LinkButton to={list}>{t(words.cancel)}</LinkButton>
      </FieldForm>
    </Flex>
  );
}
