import { useMutation } from "@tanstack/react-query";
import { Button, Flex, Input, Table, Typography } from "antd";
import { type FormEvent, useState } from "react";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Part } from "../../parts/Part";
import { codeOf } from "../../resource/codes";
import { nameOf } from "../../resource/summary";
import { masked, numberOf } from "../residents/Banner";
import { cardOf, find } from "../residents/find";
import { bodyOf, understand } from "../residents/understand";
import { words } from "./words";

/** Finds the person whom something is for, by what one knows of them. */
export function Who({ chosen, onChoose }: { chosen: Resource | undefined; onChoose: (who: Resource | undefined) => void }) {
  const t = useSay();
  const { language } = useWho();
  const [typed, type] = useState("");
  const search = useMutation({ mutationFn: find, gcTime: 0 });
  const called = (p: Resource) => nameOf(p["name"] as { text?: string }[]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const by = understand(typed);
    if (by) search.mutate({ by, body: bodyOf(by), before: [] });
  };
  const shown = cardOf(search);
  if (chosen) {
    return (
      <Part title={t(words.who)}>
        <Flex gap="small" align="center" wrap>
          <strong className="big">{called(chosen) || t(words.ofNumber)}</strong>
          <Typography.Text type="secondary" className="numbers">{masked(numberOf(chosen))}</Typography.Text>
          <Button onClick={() => onChoose(undefined)}>{t(words.other)}</Button>
        </Flex>
      </Part>
    );
  }
  return (
    <Part title={t(words.who)}>
      <form onSubmit={submit} role="search" autoComplete="off">
        <label htmlFor="who">{t(words.box)}</label>
        <Flex gap={8} wrap style={{ marginBlock: 8 }}>
          <Input id="who" value={typed} onChange={(e) => type(e.target.value)} style={{ flex: "1 1 240px" }} />
          <Button type="primary" htmlType="submit" loading={search.isPending}>{t(words.search)}</Button>
        </Flex>
      </form>
      {search.error && !shown && <Failed error={search.error} />}
      {(shown || search.data?.residents.length === 0) && <Empty title={t(words.notFound)} why={t(words.notFoundWhy)} />}
      {shown && (
        <Flex vertical gap="small" align="center">
          <Typography.Text type="secondary">{t(words.byNumberWhy)}</Typography.Text>
          <Button type="primary" onClick={() => onChoose({ resourceType: "Patient", identifier: [{ value: shown }] })}>{t(words.byNumber)}</Button>
        </Flex>
      )}
      {search.data && search.data.residents.length > 0 && (
        <Table<Resource>
          size="small"
          aria-label={t(words.who)}
          rowKey={(p) => p.id ?? ""}
          pagination={false}
          scroll={{ x: "max-content" }}
          dataSource={search.data.residents}
          columns={[
            { title: t(words.name), render: (_, p) => <strong>{called(p)}</strong> },
            { title: t(words.sex), render: (_, p) => codeOf(String(p["gender"] ?? ""), language) },
            { title: t(words.number), render: (_, p) => <span className="numbers">{masked(numberOf(p))}</span> },
            { title: t(words.act), render: (_, p) => <Button size="small" aria-label={t(words.chooseOf, called(p))} onClick={() => onChoose(p)}>{t(words.choose)}</Button> },
          ]}
        />
      )}
    </Part>
  );
}
