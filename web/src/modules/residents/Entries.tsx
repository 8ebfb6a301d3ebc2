import { Flex, Typography } from "antd";
import { Link } from "react-router";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { type Column, Rows } from "../../parts/Rows";
import { typeOf } from "../../resource/elements";
import { type Result, standingOf } from "../../resource/results";
import { gistOf, titleOf, whenOf } from "../../resource/summary";
import { dateOf } from "../../words/dates";
import { Standing } from "../record/Standing";
import { words } from "./words";

const shown = 25; // at once

/** Resources of one kind, the newest first, as a dense table. */
export function Entries({ name, label, of }: { name: string; label: string; of: Resource[] }) {
  const t = useSay();
  const { language } = useWho();
  const several = new Set(of.map((r) => r.resourceType)).size > 1;
  const told = (r: Resource) => [gistOf(r, language), standingOf(r as Result, language)?.words].filter(Boolean).join(" ");
  const columns: Column<Resource>[] = [
    { key: "when", words: words.when, numbers: true, text: (r) => dateOf(whenOf(r), language) || t(words.undated), order: whenOf },
    { key: "what", words: words.what, text: (r) => titleOf(r, language), show: (r) => <Link to={`/record/${r.resourceType}/${r.id}`}>{titleOf(r, language)}</Link> },
    { key: "value", words: words.value, long: true, text: told, show: (r) => <Flex wrap gap="0 8px" align="center"><span className="numbers">{gistOf(r, language)}</span><Standing of={r as Result} /></Flex> },
    ...(several ? [{ key: "kind", words: words.kind, few: true, text: (r: Resource) => typeOf(r.resourceType, language) }] : []),
  ];
  return <Rows name={`entries.${name}`} label={label} columns={columns} rows={of} rowKey={(r) => `${r.resourceType}/${r.id}`} page={shown} empty={<Typography.Text type="secondary">{t(words.none)}</Typography.Text>} />;
}
