import { useMutation } from "@tanstack/react-query";
import { Button, Card, Flex, Input, Select, Skeleton, Typography } from "antd";
import { type FormEvent, useState } from "react";
import { type Bundle, fhir, matches, nextOf, type Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { typeOf } from "../../resource/elements";
import { exactly } from "../../resource/json/parse";
import { useCapability } from "./capability";
import { Criteria } from "./Criteria";
import { bodyOf, type Criterion, print, read } from "./criteria";
import { Found } from "./Found";
import { words } from "./words";

interface Asked {
  type: string;
  body: string;
  before: Resource[];
}

/** Searches by what is posted: values never stand in an address. */
async function find({ type, body, before }: Asked) {
  const { data } = await fhir<Bundle>(`${type}/_search`, { method: "POST", kind: "application/x-www-form-urlencoded", body, parse: exactly });
  return { type, resources: [...before, ...matches(data)], next: nextOf(data).split("?")[1] ?? "" };
}

/** The search of any type by any parameter: rows with help, or the query as text; one follows the other. */
export default function Search() {
  const t = useSay();
  const { language } = useWho();
  const capability = useCapability();
  const [type, choose] = useState("Observation");
  const [criteria, change] = useState<Criterion[]>([{ parameter: "", way: "", value: "" }]);
  const [text, write] = useState<string>(); // while it is typed as text
  const [found, keep] = useState<Awaited<ReturnType<typeof find>>>(); // which stays while more is read
  const search = useMutation({ mutationFn: find, onSuccess: keep, gcTime: 0 });
  if (capability.error) return <Failed error={capability.error} again={() => void capability.refetch()} />;
  if (!capability.data) return <Skeleton active />;
  const known = capability.data.get(type) ?? new Map<string, string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    search.mutate({ type, body: bodyOf(criteria), before: [] });
  };
  const say = (typed: string) => {
    write(typed);
    change(read(typed, (p) => known.get(p)));
  };
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
      <Card>
        <form onSubmit={submit} role="search" autoComplete="off">
          <Flex vertical gap={16}>
            <label>
              {t(words.type)}{" "}
              <Select
                showSearch={{ optionFilterProp: "label" }}
                value={type}
                onChange={choose}
                options={[...capability.data.keys()].map((v) => ({ value: v, label: `${typeOf(v, language)} ${v}` }))}
                style={{ width: 320, maxWidth: "100%" }}
              />
            </label>
            <Criteria criteria={criteria} known={known} onChange={change} />
            <div>
              <label htmlFor="query">{t(words.query)}</label>
              <Input id="query" value={text ?? print(criteria)} onFocus={() => write(print(criteria))} onBlur={() => write(undefined)} onChange={(e) => say(e.target.value)} spellCheck={false} />
            </div>
            <div><Button type="primary" htmlType="submit" loading={search.isPending}>{t(words.run)}</Button></div>
          </Flex>
        </form>
      </Card>
      {search.error && <Failed error={search.error} />}
      {found && <Found {...found} loading={search.isPending} more={() => search.mutate({ type: found.type, body: found.next, before: found.resources })} />}
    </Flex>
  );
}
