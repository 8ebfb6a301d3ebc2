import { Flex, Typography } from "antd";
import { Link } from "react-router";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { type Column, Rows } from "../../parts/Rows";
import { type Clinic, sessionOf, useClinics } from "./clinics";
import { words } from "./words";

/** The clinics of the institution. */
export default function Clinics() {
  const t = useSay();
  const { language } = useWho();
  const found = useClinics();
  const doctor = (c: Clinic) => c.doctor?.display ?? t(words.whole);
  const columns: Column<Clinic>[] = [
    { key: "department", words: words.department, text: (c) => c.department.display, few: true, show: (c) => <Link to={`/clinics/${c.reference.reference.split("/")[1]}`}>{c.department.display}</Link> },
    { key: "doctor", words: words.doctor, text: doctor },
    {
      key: "times", words: words.times, long: true, text: (c) => c.session.map((s) => sessionOf(s, language)).join("\n"),
      show: (c) => c.session.map((s, i) => <div key={i}>{sessionOf(s, language)}</div>),
    },
    { key: "segment", words: words.segment, numbers: true, text: (c) => t(words.minutes, c.segment) },
    { key: "price", words: words.price, numbers: true, text: (c) => (c.price === undefined ? "" : t(words.yuan, c.price)) },
  ];
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <Flex gap="small" wrap className="no-print">
          <LinkButton to="/clinics/use">{t(words.uses)}</LinkButton>
          <LinkButton to="/clinics/rooms">{t(words.rooms)}</LinkButton>
          <LinkButton type="primary" to="/clinics/new">{t(words.add)}</LinkButton>
        </Flex>
      </Flex>
      <Typography.Text type="secondary">{t(words.why)}</Typography.Text>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={8} />}
      {found.data && (
        <Rows name="clinics" label={t(words.table)} columns={columns} rows={found.data} rowKey={(c) => c.reference.reference} empty={<Empty title={t(words.none)} why={t(words.noneWhy)} />} />
      )}
    </Flex>
  );
}
