import { Alert, Button, Flex } from "antd";
import { useState } from "react";
import { useActing, useSay, useWho } from "../../app/session";
import { fieldOf } from "../../parts/form/named";
import { draftOf, dropDraft, keepDraft } from "../../parts/form/draft";
import { FieldInput } from "../../parts/form/FieldInput";
import { isEmpty, textOf, wrongIn } from "../../parts/form/values";
import { told } from "../../parts/told";
import { callOf, useTask } from "../cases/cases";
import type { MoveFormProps } from "../cases/own";
import { draftName } from "../cases/MovePanel";
import { Departments } from "./Departments";
import { keptOf, useRecords } from "./kept";
import { words } from "./words";

/** Forwards a referral up: a department of a still higher hospital is asked, with the reason. */
export default function Forward({ id, found, move, busy, error, onSend, onCancel }: MoveFormProps) {
  const t = useSay();
  const { language, person } = useWho();
  const { institution = "" } = useActing();
  const name = draftName(id, move, person);
  const [values, setValues] = useState(() => draftOf(name) ?? {});
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const task = useTask(id, found.place.resident).data?.task;
  const kept = keptOf(task);
  const records = useRecords(kept, found.place.resident).data;
  const asked = kept.asked.flatMap((s) => (records?.get(s)?.["providedBy"] as { reference?: string } | undefined)?.reference ?? []);
  const reason = fieldOf("reason", t(words.forwardReason), { required: true, bytes: 2000 });
  const put = (field: string, value: string) => {
    const next = { ...values, [field]: value };
    setValues(next);
    setWrong({});
    if (isEmpty(next)) dropDraft(name);
    else keepDraft(name, next);
  };
  const send = () => {
    const department = textOf(values["department"]);
    const found = { ...wrongIn([reason], values, language), ...(!department && { department: t(words.chooseDepartment) }) };
    setWrong(found);
    if (Object.keys(found).length > 0) return;
    const asked = { name: "department", valueReference: { reference: department } };
    onSend({ resourceType: "Parameters", parameter: [asked, { name: "reason", valueString: textOf(values["reason"]).trim() }] });
  };
  return (
    <Flex vertical gap="middle" style={{ maxWidth: 720 }}>
      {error && <Alert type="error" showIcon title={told(error, language)} />}
      <Departments
        way="up"
        green={task?.["priority"] === "stat"}
        asked={[institution, ...asked]}
        value={textOf(values["department"])}
        wrong={wrong["department"] ?? ""}
        onChange={(v) => put("department", v)}
      />
      <FieldInput
        field={reason}
        path="reason"
        value={values["reason"] ?? ""}
        wrong={wrong}
        about={undefined}
        onChange={(v) => put("reason", textOf(v))}
      />
      <Flex gap="small" wrap>
        <Button type="primary" loading={busy} onClick={send}>{callOf(move, language)}</Button>
        <Button disabled={busy} onClick={onCancel}>{t(words.cancel)}</Button>
      </Flex>
    </Flex>
  );
}
