import { App, Button, Flex, Table, Typography } from "antd";
import { Link } from "react-router";
import { roles } from "../../app/words";
import { useActing, useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { useTimes } from "../../parts/times";
import { toast } from "../../plain/toasts";
import { nameOf as nameOfAuthor } from "./Past";
import { type Account, type Grant, useChange } from "./staff";
import { Standing } from "./Standing";
import { endable, grantStateOf } from "./states";
import { words } from "./words";

/** The roles that an account was given: since when and until when, by whom and why. */
export function Grants({ of, nameOf, own }: { of: Account; nameOf: (reference: string) => string; own: boolean }) {
  const t = useSay();
  const times = useTimes();
  const acting = useActing();
  const { modal } = App.useApp();
  const end = useChange<string>("accounts", (id) => ({ path: `grants/${id}`, method: "DELETE" }));
  const grants = [...(of.grants ?? [])].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const who = (by = "") => nameOfAuthor(by, of.names ?? {}, t);
  const ask = (g: Grant) =>
    void modal.confirm({
      title: t(words.endTitle, t(roles[g.role])),
      content: t(words.endWhat),
      okText: t(words.end),
      okButtonProps: { danger: true },
      cancelText: t(words.cancel),
      onOk: () => end.mutateAsync(g.id).then(() => toast("success", t(words.endedNow)), () => {}),
    });
  if (grants.length === 0) return <Typography.Text type="secondary">{t(words.noGrants)}</Typography.Text>;
  return (
    <Flex vertical gap={12}>
      {end.error && <Failed error={end.error} />}
      <Table<Grant>
        rowKey="id"
        size="middle"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={grants}
        columns={[
          {
            title: t(words.role),
            render: (_, g) => (
              <Flex vertical>
                <strong>{t(roles[g.role])}</strong>
                {g.institution && <Link to={`/institutions/${g.institution.split("/")[1]}`} style={{ minHeight: 24 }}>{nameOf(g.institution)}</Link>}
                {g.resident && <Typography.Text type="secondary">{g.resident}</Typography.Text>}
              </Flex>
            ),
          },
          { title: t(words.state), render: (_, g) => <Standing of={grantStateOf(g, Date.now())} /> },
          { title: t(words.period), render: (_, g) => <span className="numbers">{`${times.day(g.from)} – ${g.until ? times.day(g.until) : t(words.longTerm)}`}</span> },
          { title: t(words.givenBy), render: (_, g) => <Who name={who(g.by)} at={g.at} /> },
          { title: t(words.reason), render: (_, g) => <div style={{ maxWidth: 280, whiteSpace: "normal" }}>{g.reason ?? "—"}</div> },
          { title: t(words.endedBy), render: (_, g) => (g.endedAt ? <Who name={who(g.endedBy)} at={g.endedAt} /> : "—") },
          {
            title: <span className="unseen">{t(words.end)}</span>,
            render: (_, g) => (endable(acting, g) && !own ? <Button size="small" danger aria-label={t(words.endOf, t(roles[g.role]))} onClick={() => ask(g)}>{t(words.end)}</Button> : null),
          },
        ]}
      />
    </Flex>
  );
}

function Who({ name, at }: { name: string; at: string }) {
  const times = useTimes();
  return (
    <Flex vertical>
      <span>{name}</span>
      <Typography.Text type="secondary" className="numbers">{times.day(at)}</Typography.Text>
    </Flex>
  );
}
