import { Button, Flex } from "antd";
import { Link } from "react-router";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { type Column, Rows } from "../../parts/Rows";
import { codeOf } from "../../resource/codes";
import { typeOf } from "../../resource/elements";
import { gistOf, titleOf, whenOf } from "../../resource/summary";
import { dateOf } from "../../words/dates";
import { words } from "./words";

interface Page {
  type: string;
  resources: Resource[];
  next: string;
  loading: boolean;
  more: () => void;
}

/** What a search has found, to open, to page on and to take along as it is shown. */
export function Found({ type, resources, next, loading, more }: Page) {
  const t = useSay();
  const { language } = useWho();
  const columns: Column<Resource>[] = [
    { key: "what", words: words.what, text: (r) => titleOf(r, language), show: (r) => <Link to={`/record/${type}/${r.id}`}>{titleOf(r, language)}</Link> },
    { key: "result", words: words.result, text: (r) => gistOf(r, language) },
    { key: "when", words: words.when, text: (r) => dateOf(whenOf(r), language), order: whenOf },
    { key: "status", words: words.status, few: true, text: (r) => (typeof r["status"] === "string" ? codeOf(r["status"], language) : "") },
    { key: "changed", words: words.changed, text: (r) => dateOf(r.meta?.lastUpdated ?? "", language), order: (r) => r.meta?.lastUpdated ?? "" },
    { key: "id", words: words.id, text: (r) => r.id ?? "" },
  ];
  return (
    <Flex vertical gap={12}>
      <Rows name={`search.${type}`} label={typeOf(type, language)} columns={columns} rows={resources} rowKey={(r) => r.id ?? ""} empty={<Empty title={t(words.none)} why={t(words.noneWhy)} />} />
      {next && <Button onClick={more} loading={loading}>{t(words.more)}</Button>}
    </Flex>
  );
}
