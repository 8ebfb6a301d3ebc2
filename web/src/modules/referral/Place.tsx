import { Alert, Button, Flex, theme, Typography } from "antd";
import { useMemo, useState } from "react";
import { useSay, useWho } from "../../app/session";
import { draftOf, dropDraft, keepDraft } from "../../parts/form/draft";
import { FieldInput } from "../../parts/form/FieldInput";
import { fieldsOf } from "../../parts/form/schema";
import { isEmpty, sentOf, textOf, type Values, wrongIn } from "../../parts/form/values";
import { Loading } from "../../parts/Loading";
import { told } from "../../parts/told";
import type { Segment } from "../booking/booking";
import { ReferralTimes } from "../booking/ReferralTimes";
import { spanOf, useWhen } from "../booking/times";
import { callOf, schemaOf, useTask } from "../cases/cases";
import type { MoveFormProps } from "../cases/own";
import { draftName } from "../cases/MovePanel";
import { keptOf } from "./kept";
import { words } from "./words";

/** Books the visit of a referral: the time, the doctor where the clinic is no doctor's own, and what to bring. */
export default function Place({ id, found, move, busy, error, onSend, onCancel }: MoveFormProps) {
  const t = useSay();
  const { language, person } = useWho();
  const { token } = theme.useToken();
  const when = useWhen();
  const name = draftName(id, move, person);
  const [values, setValues] = useState<Values>(() => draftOf(name) ?? {});
  const [segment, setSegment] = useState<Segment>();
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const fields = useMemo(() => fieldsOf(schemaOf(move), language), [move, language]);
  const task = useTask(id, found.place.resident);
  const kept = keptOf(task.data?.task);
  const accepts = fields.some((f) => f.name === "post");
  const doctor = segment?.doctor;
  const asks = fields.filter((f) => f.name !== "slot" && !(f.name === "post" && (!segment || doctor)));
  const put = (more: Values) => {
    const next = { ...values, ...more };
    setValues(next);
    setWrong({});
    if (isEmpty(next)) dropDraft(name);
    else keepDraft(name, next);
  };
  const choose = (s: Segment) => {
    setSegment(s);
    const before = segment?.doctor ? "" : textOf(values["post"]); // a doctor who came with another clinic goes with it
    put({ slot: s.slot, ...(accepts && { post: s.doctor?.reference ?? before }) });
  };
  const send = () => {
    const slot = segment?.slot ?? "";
    const all = { ...values, slot };
    const missing = { ...wrongIn(asks, all, language), ...(!slot && { slot: t(words.chooseTime) }) };
    setWrong(missing);
    if (Object.keys(missing).length === 0) onSend(sentOf(fields, all).parameters);
  };
  if (task.isPending) return <Loading rows={4} />;
  return (
    <Flex vertical gap="middle">
      {error && <Alert type="error" showIcon role="alert" title={told(error, language)} />}
      <Typography.Text type="secondary">{t(words.placeWhy)}</Typography.Text>
      <ReferralTimes
        department={kept.asked.at(-1) ?? ""}
        post={accepts ? "" : kept.post}
        chosen={segment?.slot ?? ""}
        stale={error}
        onChoose={choose}
      />
      <div role="status">
        {segment && (
          <div style={{ borderInlineStart: `4px solid ${token.colorPrimary}`, paddingInlineStart: 12 }}>
            <Typography.Text type="secondary">{t(words.chosenTime)}</Typography.Text>
            <div><strong className="big">{when.day(segment)} <span className="numbers" style={{ whiteSpace: "nowrap" }}>{spanOf(segment)}</span></strong></div>
            <div>{[segment.department.display, doctor?.display].filter(Boolean).join(" ")}</div>
          </div>
        )}
        {wrong["slot"] && <Typography.Text type="danger">{wrong["slot"]}</Typography.Text>}
      </div>
      <Flex vertical gap="middle" style={{ maxWidth: 720 }}>
        {asks.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            path={field.name}
            value={values[field.name] ?? ""}
            wrong={wrong}
            about={undefined}
            onChange={(v) => put({ [field.name]: v })}
          />
        ))}
      </Flex>
      <Flex gap="small" wrap>
        <Button type="primary" loading={busy} onClick={send}>{callOf(move, language)}</Button>
        <Button disabled={busy} onClick={onCancel}>{t(words.cancel)}</Button>
      </Flex>
    </Flex>
  );
}
