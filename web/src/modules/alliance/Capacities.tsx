import { Flex, Typography } from "antd";
import type { Resource } from "../../api/fhir";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { type Column, Rows } from "../../parts/Rows";
import { titleOf } from "../../resource/summary";
import { useAgreements, useDepartments } from "./agreements";
import { Back } from "./Back";
import { capacityOf, takes } from "./capacity";
import { words } from "./words";

/** The departments of one's institution: whether they take referrals, and how many a day. */
export default function Capacities() {
  const t = useSay();
  const { language } = useWho();
  const { institution = "" } = useActing();
  const found = useDepartments(institution);
  const agreed = useAgreements();
  const mine = (agreed.data?.agreements ?? []).filter((a) => a.institution.reference === institution);
  const perDay = (r: Resource) => capacityOf(r)?.toString() ?? t(words.unsaid);
  const called = (r: Resource) => titleOf(r, language);
  const change = (r: Resource) => (
    <LinkButton size="small" to={`/alliance/departments/${r.id}`} aria-label={t(words.changePerDay, called(r))}>
      {t(words.change)}
    </LinkButton>
  );
  const columns: Column<Resource>[] = [
    { key: "department", words: words.department, text: called },
    { key: "most", words: words.mostPerDay, numbers: true, text: perDay, order: (r) => capacityOf(r) ?? -1 },
    { key: "takes", words: words.takes, few: true, text: (r) => t(takes(mine, r) ? words.agreed : words.notAgreed) },
    { key: "actions", words: words.actions, acts: true, text: () => "", show: change },
  ];
  const failed = [found, agreed].find((q) => q.error);
  return (
    <Flex vertical gap={16}>
      <Back to="/alliance">{t(words.back)}</Back>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.perDayTitle)}</Typography.Title>
      <Typography.Paragraph type="secondary" style={{ margin: 0 }}>{t(words.perDayWhy)}</Typography.Paragraph>
      {failed?.error && <Failed error={failed.error} again={() => void Promise.all([found.refetch(), agreed.refetch()])} />}
      {!failed && (found.isPending || agreed.isPending) && <Loading rows={8} />}
      {found.data && agreed.data && (
        <Part title={t(words.ownDepartments)}>
          <Rows
            name="alliance.departments"
            label={t(words.ownDepartments)}
            columns={columns}
            rows={found.data}
            rowKey={(r) => r.id ?? ""}
            page={25}
            empty={<Empty title={t(words.noDepartments)} />}
          />
        </Part>
      )}
    </Flex>
  );
}
