import { Card, Flex, Typography } from "antd";
import { useParams } from "react-router";
import { useActing, useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { AgreementForm } from "./AgreementForm";
import { alliancesOf, leads, useAgreements } from "./agreements";
import { Back } from "./Back";
import { words } from "./words";

/** A new agreement with an institution, or a change of one: for the office of the hospital that leads. */
export default function AgreementPage() {
  const { id = "" } = useParams();
  const t = useSay();
  const { institution, role } = useActing();
  const found = useAgreements();
  const mine = alliancesOf(found.data?.agreements ?? [], institution).find((a) => role === "office" && leads(a, institution));
  const old = mine?.agreements.find((a) => a.id === id && a.state !== "ended");
  return (
    <Flex vertical gap={16}>
      <Back to="/alliance">{t(words.back)}</Back>
      <Typography.Title level={1} style={{ margin: 0 }}>
        {id ? t(words.changeOf, old?.institution.display ?? "") : t(words.newTitle)}
      </Typography.Title>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={10} />}
      {found.data && !mine && <Empty title={t(words.noNew)} />}
      {mine && id && !old && <Empty title={t(words.missing)} />}
      {mine && found.data && (!id || old) && <Card><AgreementForm of={mine} old={old} /></Card>}
    </Flex>
  );
}
