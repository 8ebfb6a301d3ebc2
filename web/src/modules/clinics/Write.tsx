import { ArrowLeftOutlined } from "@ant-design/icons";
import { Card, Flex, Typography } from "antd";
import { useParams } from "react-router";
import { useActing, useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { dayAt } from "../../words/dates";
import { ClinicForm } from "./ClinicForm";
import { type Clinic, type Pattern, useClinics, useDepartments, useDoctors, week } from "./clinics";
import { words } from "./words";

/** What a new clinic begins with: mornings of working days, by half hours. */
const begun = (today: string): Pattern => ({
  department: "", from: today, segment: 30, ahead: 7, opens: "07:00", session: [{ day: week.slice(0, 5), from: "08:00", to: "12:00", capacity: 4, onsite: 1, extra: 0 }],
});

const patternOf = ({ reference: _, stop: __, department, doctor, ...rest }: Clinic): Pattern => ({ ...rest, department: department.reference, doctor: doctor?.reference });

/** A new clinic, or a change of one. */
export default function Write() {
  const { id = "" } = useParams();
  const t = useSay();
  const { institution = "" } = useActing();
  const found = useClinics(id, id !== "");
  const departments = useDepartments(institution);
  const doctors = useDoctors(institution);
  const old = id ? found.data?.[0] : undefined;
  const error = found.error ?? departments.error ?? doctors.error;
  const ready = departments.data && doctors.data && (id === "" || found.data);
  return (
    <Flex vertical gap={16}>
      <div><LinkButton type="link" to={id ? `/clinics/${id}` : "/clinics"} icon={<ArrowLeftOutlined aria-hidden />}>{t(words.back)}</LinkButton></div>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(id ? words.changeTitle : words.add)}</Typography.Title>
      {id && <Typography.Text type="secondary">{t(words.changeWhy)}</Typography.Text>}
      {error && <Failed error={error} again={() => void Promise.all([departments.refetch(), doctors.refetch(), ...(id ? [found.refetch()] : [])])} />}
      {!error && !ready && <Loading rows={10} />}
      {ready && id && !old && <Empty title={t(words.missing)} />}
      {departments.data && doctors.data && (!id || old) && (
        <Card><ClinicForm id={id} old={old ? patternOf(old) : begun(dayAt(new Date()))} departments={departments.data} doctors={doctors.data} /></Card>
      )}
    </Flex>
  );
}
