import { Card, Flex, Tag, Typography } from "antd";
import { Link } from "react-router";
import type { Reference, Resource } from "../../api/fhir";
import { placesOf } from "../../app/places";
import { useActing, useSay, useWho } from "../../app/session";
import { ageOf } from "../../words/dates";
import { codeOf } from "../../resource/codes";
import { isMembers } from "../../resource/shape";
import { nameOf, titleOf } from "../../resource/summary";
import { listed } from "../../words/list";
import { words } from "./words";

interface Numbered {
  system?: string;
  value?: string;
}

const identityNumber = "urn:oid:2.16.156.10011.1.3";

/** The number by which a resident is told apart from others of the name: that of the identity card, else the first; as the server gives it. */
export function numberOf(patient: Resource): string {
  const all = (patient["identifier"] ?? []) as Numbered[];
  return (all.find((i) => i.system === identityNumber) ?? all[0])?.value ?? "";
}

/** A number with its middle hidden: for lists, over which others may look. */
export const masked = (number: string): string => (number.length < 8 || number.includes("*") ? number : number.slice(0, 6) + "*".repeat(Math.max(number.length - 10, 2)) + number.slice(-4));

interface Of {
  patient: Resource;
  known: ReadonlyMap<string, Resource> | undefined;
  allergies?: Resource[] | undefined; // undefined where nobody has looked
  linked?: boolean; // the name leads to the resident's page
  level?: 1 | 2;
}

/** Who it is: what tells a resident from others, and what must not be overlooked. */
export function Banner({ patient, known, allergies, linked = false, level = 2 }: Of) {
  const t = useSay();
  const { language } = useWho();
  const { role } = useActing();
  const age = ageOf(patient["birthDate"] as string | undefined, new Date());
  const keeper = (patient.meta?.extension ?? []).filter(isMembers).find((e) => e["url"] === "urn:yitong:custodian")?.["valueReference"] as Reference | undefined;
  const at = keeper?.display ?? (known?.get(keeper?.reference ?? "") && titleOf(known.get(keeper?.reference ?? "") as Resource, language));
  const called = nameOf(patient["name"] as { text?: string }[]);
  const facts = [codeOf(String(patient["gender"] ?? ""), language), age === undefined ? "" : t(words.years, age), numberOf(patient)].filter(Boolean);
  const page = placesOf(role).some((p) => p.path === "residents/:id") ? `/residents/${patient.id}` : `/record/Patient/${patient.id}`;
  const said = (allergies ?? []).map((a) => titleOf(a, language));
  return (
    <Card size="small">
      <Flex wrap gap="4px 16px" align="center">
        {level === 1 ? <Typography.Title level={1} style={{ margin: 0 }}>{called}</Typography.Title> : <strong>{linked ? <Link to={page}>{called}</Link> : called}</strong>}
        {facts.map((f) => <span key={f} className="numbers">{f}</span>)}
        {Boolean(patient["deceasedBoolean"] ?? patient["deceasedDateTime"]) && <Tag variant="outlined">{t(words.died)}</Tag>}
        {at && <Typography.Text type="secondary">{t(words.keeper, at)}</Typography.Text>}
        {said.length > 0 && <Tag color="error" variant="outlined" style={{ whiteSpace: "normal" }}><strong>⚠ {t(words.allergies, listed(said, language))}</strong></Tag>}
        {allergies?.length === 0 && <Typography.Text type="secondary">{t(words.noAllergies)}</Typography.Text>}
      </Flex>
    </Card>
  );
}
