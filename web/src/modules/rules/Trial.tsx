import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Flex, Table, Typography } from "antd";
import { Link } from "react-router";
import { operate, type Output } from "../../api/parameters";
import { placesOf } from "../../app/places";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { useTimes } from "../../parts/times";
import { regionOf, type Rule, valueOf } from "./rules";
import { Wide } from "./Wide";
import { moves, words } from "./words";

type Tried = Output<"Library/[id]/$rules-try">;
type Case = Tried["case"][number];

/** What would have come out otherwise by a version. */
export function Trial({ rule, library }: { rule: Rule; library: string }) {
  const t = useSay();
  const tried = useMutation({ mutationFn: async () => (await operate("Library/[id]/$rules-try", {}, { id: library })).data });
  return (
    <Flex vertical gap={16}>
      <Typography.Text>{t(moves.tryWhy)}</Typography.Text>
      <div><Button onClick={() => tried.mutate()} loading={tried.isPending}>{t(moves.try)}</Button></div>
      {tried.error && <Failed error={tried.error} />}
      {tried.data && <Outcome rule={rule} tried={tried.data} />}
    </Flex>
  );
}

function Outcome({ rule, tried }: { rule: Rule; tried: Tried }) {
  const t = useSay();
  const { language } = useWho();
  const { role } = useActing();
  const times = useTimes();
  if (tried.cases + tried.left === 0) return <Alert role="status" type="info" title={t(moves.noCases)} />;
  const opens = placesOf(role).some((p) => p.path === "record/:type/:id");
  return (
    <Flex vertical gap={12}>
      <Alert
        role="status" type={tried.unlike > 0 ? "warning" : "success"}
        title={t(moves.tried, tried.cases, tried.same, tried.unlike, tried.left)}
      />
      {tried.unlike > tried.case.length && <Typography.Text type="secondary">{t(moves.firstOnes, tried.case.length)}</Typography.Text>}
      {tried.case.length > 0 && (
        <Wide label={t(moves.try)}>
          <Table<Case>
            size="middle"
            rowKey={(c) => `${c.subject} ${c.at}`}
            pagination={tried.case.length > 20 ? { pageSize: 20, showSizeChanger: false } : false}
            style={{ minWidth: 720 }}
            dataSource={tried.case}
            columns={[
              { title: t(moves.subject), render: (_, c) => (opens ? <Link to={`/record/${c.subject}`}>{c.subject}</Link> : c.subject) },
              { title: t(moves.at), className: "numbers", render: (_, c) => times.time(c.at) },
              { title: t(words.region), render: (_, c) => regionOf(c.region ?? "", language) },
              { title: t(moves.old), className: "numbers", render: (_, c) => (c.old === undefined ? t(moves.none) : valueOf(rule, c.old, language)) },
              { title: t(moves.new), className: "numbers", render: (_, c) => <strong>{c.new === undefined ? (c.why ?? t(moves.none)) : valueOf(rule, c.new, language)}</strong> },
            ]}
          />
        </Wide>
      )}
    </Flex>
  );
}
