import { ArrowLeftOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button, Flex, Typography } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { fhir, type Resource } from "../../api/fhir";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { toast } from "../../plain/toasts";
import { nameOf } from "../../resource/summary";
import { useOfCaller } from "../caller/caller";
import { Departments } from "../referral/Departments";
import { aheadOf, type Segment, useMove, useTake, type Visit } from "./booking";
import { ReferralTimes } from "./ReferralTimes";
import { spanOf, useWhen } from "./times";
import { words } from "./words";

/** Books a visit at a higher hospital for a patient of one's own, out of the places that it keeps for members of its alliance. */
export default function Higher() {
  const t = useSay();
  const { id = "" } = useParams();
  const patient = useQuery({ queryKey: ["residents", "booked", id], queryFn: async ({ signal }) => (await fhir<Resource>(`Patient/${id}`, { signal })).data });
  const [department, choose] = useState("");
  const name = nameOf(patient.data?.["name"] as { text?: string }[] | undefined);
  const gone = patient.data?.["deceasedBoolean"] === true || patient.data?.["deceasedDateTime"] !== undefined;
  return (
    <Flex vertical gap={16}>
      <div><LinkButton type="link" to={`/residents/${id}`} icon={<ArrowLeftOutlined aria-hidden />}>{t(words.toChart)}</LinkButton></div>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.higherTitle)}</Typography.Title>
      {patient.error && <Failed error={patient.error} again={() => void patient.refetch()} />}
      {patient.isPending && <Loading rows={6} />}
      {gone && <Empty title={t(words.higherDied)} why={t(words.higherDiedWhy)} />}
      {patient.data && !gone && (
        <>
          <Typography.Text>{t(words.higherWhy, name)}</Typography.Text>
          <Part title={t(words.higherWhere)}><Departments way="up" green={false} value={department} wrong="" onChange={choose} /></Part>
          {department && <Times key={department} patient={`Patient/${id}`} name={name} department={department} />}
          <Booked patient={`Patient/${id}`} />
        </>
      )}
    </Flex>
  );
}

/** The visits of the patient that are to come, as far as one's institution has a part in them. */
function Booked({ patient }: { patient: string }) {
  const t = useSay();
  const when = useWhen();
  const { modal } = App.useApp();
  const move = useMove();
  const found = useOfCaller(patient);
  const all = aheadOf(found.data ?? [], Date.now());
  if (found.error) return <Failed error={found.error} again={() => void found.refetch()} />;
  if (all.length === 0) return null;
  const ask = (v: Visit) =>
    void modal.confirm({
      title: t(words.cancelAsked),
      content: t(words.cancelWhat, `${when.day(v)} ${spanOf(v)}`, placeOf(v)),
      okText: t(words.cancel),
      okButtonProps: { danger: true },
      cancelText: t(words.keep),
      onOk: () => move.mutateAsync({ id: v.appointment.reference.split("/")[1] ?? "", move: "cancel" }).catch(() => {}),
    });
  return (
    <Part title={t(words.higherBooked)}>
      <Typography.Paragraph type="secondary">{t(words.higherBookedWhy)}</Typography.Paragraph>
      {move.error && <Failed error={move.error} />}
      <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {all.map((v) => (
          <li key={v.appointment.reference} style={{ paddingBlock: 6 }}>
            <Flex gap="4px 12px" wrap align="center">
              <strong className="numbers">{when.day(v)} <span style={{ whiteSpace: "nowrap" }}>{spanOf(v)}</span></strong>
              <span>{placeOf(v)}</span>
              {v.referrer && <Typography.Text type="secondary">{t(words.referredBy, v.referrer.display)}</Typography.Text>}
              {!v.referral && Date.parse(v.deadline) > Date.now() && <Button size="small" aria-label={t(words.higherCancel, `${when.day(v)} ${spanOf(v)}`)} onClick={() => ask(v)}>{t(words.cancel)}</Button>}
            </Flex>
          </li>
        ))}
      </ul>
    </Part>
  );
}

const placeOf = (v: Visit): string => [v.institution.display, v.department.display, v.doctor?.display].filter(Boolean).join(" ");

function Times({ patient, name, department }: { patient: string; name: string; department: string }) {
  const t = useSay();
  const when = useWhen();
  const { modal } = App.useApp();
  const take = useTake();
  const [done, tell] = useState("");
  const said = (text: string) => {
    tell(text);
    toast("success", text);
  };
  const ask = (s: Segment) => {
    const what = [`${when.day(s)} ${spanOf(s)}`, s.department.display, s.doctor?.display].filter(Boolean).join(" ");
    void modal.confirm({
      title: t(words.higherAsked, name),
      content: what,
      okText: t(words.higherBook),
      cancelText: t(words.other),
      onOk: () => take.mutateAsync({ slot: s.slot, patient, atOnce: true }).then(() => said(t(words.higherDone, name, what)), () => tell("")),
    });
  };
  return (
    <section aria-label={t(words.chooseTime)}>
      <Flex vertical gap={12}>
        <Typography.Title level={2} style={{ margin: 0 }}>{t(words.chooseTime)}</Typography.Title>
        {done && <Alert type="success" showIcon role="status" title={done} description={t(words.higherTold)} />}
        {take.error && <Failed error={take.error} />}
        <ReferralTimes department={department} chosen="" stale={take.error} onChoose={ask} />
      </Flex>
    </section>
  );
}
