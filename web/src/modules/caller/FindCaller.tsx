import { useMutation } from "@tanstack/react-query";
import { Button, Flex, Input, type InputRef } from "antd";
import { type FormEvent, useEffect, useRef, useState } from "react";
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
import { Pick } from "./Pick";
import { Script } from "./Script";
import { words } from "./words";

/** Finds who calls, by what they say of themselves. */
export function FindCaller({ onChoose }: { onChoose: (who: Resource) => void }) {
  const t = useSay();
  const { language } = useWho();
  const [typed, type] = useState("");
  const search = useMutation({ mutationFn: find, gcTime: 0 });
  const box = useRef<InputRef>(null);
  useEffect(() => box.current?.focus(), []);
  const found = search.data?.residents ?? [];
  const shown = cardOf(search);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const by = understand(typed);
    if (by) search.mutate({ by, body: bodyOf(by), before: [] });
  };
  return (
    <Part title={t(words.caller)}>
      <Flex vertical gap={12}>
        <Script>{t(words.scriptFind)}</Script>
        <form onSubmit={submit} role="search" autoComplete="off">
          <label htmlFor="caller">{t(words.box)}</label>
          <Flex gap={8} wrap>
            <Input ref={box} id="caller" size="large" value={typed} onChange={(e) => type(e.target.value)} style={{ flex: "1 1 240px" }} />
            <Button type="primary" size="large" htmlType="submit" loading={search.isPending}>{t(words.search)}</Button>
          </Flex>
        </form>
        {search.error && !shown && <Failed error={search.error} />}
        {(shown || (search.data && found.length === 0)) && <Empty title={t(words.nobody)} why={t(shown ? words.byNumberWhy : words.nobodyWhy)} />}
        {shown && (
          <Pick
            key={shown} label={t(words.people)} of={[{ key: shown, label: <strong>{t(words.byNumber)}</strong>, more: masked(shown) }]}
            onPick={(value) => onChoose({ resourceType: "Patient", identifier: [{ value }] })}
          />
        )}
        {found.length > 0 && (
          <Pick
            key={found.map((p) => p.id).join()}
            label={t(words.people)}
            of={found.map((p) => ({
              key: p.id ?? "", label: <><strong>{nameOf(p["name"] as { text?: string }[])}</strong> {codeOf(String(p["gender"] ?? ""), language)}</>, more: masked(numberOf(p)),
            }))}
            onPick={(id) => {
              const who = found.find((p) => p.id === id);
              if (who) onChoose(who);
            }}
          />
        )}
      </Flex>
    </Part>
  );
}
