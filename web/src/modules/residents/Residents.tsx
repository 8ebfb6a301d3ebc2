import { useMutation } from "@tanstack/react-query";
import { Button, Card, Flex, Input, Table, Typography } from "antd";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { placesOf } from "../../app/places";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { ageOf } from "../../words/dates";
import { codeOf } from "../../resource/codes";
import { nameOf } from "../../resource/summary";
import { NotFound } from "../emergency/Closed";
import { masked, numberOf } from "./Banner";
import { find, type Found } from "./find";
import { bodyOf, understand } from "./understand";
import { words } from "./words";

/** The search for residents: one box for all by which one knows them. What is typed and found is gone with the page. */
export default function Residents() {
  const t = useSay();
  const [typed, type] = useState("");
  const [found, keep] = useState<Found>(); // which stays while more is read
  const search = useMutation({ mutationFn: find, onSuccess: keep, gcTime: 0 });
  const understood = understand(typed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (understood) search.mutate({ by: understood, body: bodyOf(understood), before: [] });
  };
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
      <Card>
        <form onSubmit={submit} role="search" autoComplete="off">
          <label htmlFor="resident">{t(words.box)}</label>
          <Flex gap={8} wrap style={{ marginBlock: 8 }}>
            <Input id="resident" value={typed} autoFocus onChange={(e) => type(e.target.value)} style={{ flex: "1 1 240px" }} aria-describedby="understood" />
            <Button type="primary" htmlType="submit" loading={search.isPending}>{t(words.find)}</Button>
          </Flex>
          <div id="understood" role="status"><Typography.Text type="secondary">{understood ? t(words.understood, t(understood.words)) : t(words.kept)}</Typography.Text></div>
        </form>
      </Card>
      {search.error && <Failed error={search.error} />}
      {found && <List found={found} more={() => search.mutate({ by: found.by, body: found.next, before: found.residents })} loading={search.isPending} />}
    </Flex>
  );
}

function List({ found, more, loading }: { found: Found; more: () => void; loading: boolean }) {
  const t = useSay();
  const { language } = useWho();
  const { role } = useActing();
  const opens = placesOf(role).some((p) => p.path === "residents/:id");
  if (found.residents.length === 0) return <Empty title={t(words.nobody)} why={t(words.nobodyWhy)}><NotFound /></Empty>;
  return (
    <Flex vertical gap={12}>
      <Table
        rowKey="id"
        size="middle"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={found.residents}
        columns={[
          { title: t(words.name), render: (_, p) => <Link to={opens ? `/residents/${p.id}` : `/record/Patient/${p.id}`}>{nameOf(p["name"] as { text?: string }[])}</Link> },
          { title: t(words.sex), render: (_, p) => codeOf(String(p["gender"] ?? ""), language) },
          { title: t(words.age), render: (_, p) => ageOf(p["birthDate"] as string | undefined, new Date()) },
          { title: t(words.number), render: (_, p) => <span className="numbers">{masked(numberOf(p))}</span> },
        ]}
      />
      {found.next && <Button onClick={more} loading={loading}>{t(words.more)}</Button>}
    </Flex>
  );
}
