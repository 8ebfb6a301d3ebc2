import { useQuery } from "@tanstack/react-query";
import { Button, Flex, Select, Typography } from "antd";
import { useState } from "react";
import { type Bundle, fhir, matches, nextOf, type Reference, type Resource } from "../../api/fhir";
import { useActing, useSay, useWho } from "../../app/session";
import { typeOf } from "../../resource/elements";
import { factsOf } from "../../resource/facts";
import { narrative } from "../../resource/narrative";
import { isMembers } from "../../resource/shape";
import { titleOf } from "../../resource/summary";
import { Narrower } from "../Narrower";
import { useSettled } from "../settled";
import { words } from "../words";
import type { Field } from "./schema";

interface ReferencePickerProps {
  field: Field;
  id: string;
  value: string;
  invalid: boolean;
  described: string;
  about: string | undefined;
  fixed: boolean;
  onChange: (value: string) => void;
}

/** Types among which one chooses where a field takes any. */
const usual = ["Observation", "Condition", "MedicationRequest", "DiagnosticReport", "Encounter", "AllergyIntolerance", "Immunization", "Procedure", "Patient"];
const named = ["Practitioner", "Organization", "Location", "PractitionerRole"]; // which the server finds by what was typed
const found = 20;

/** The query that finds resources of a type by what was typed. */
export function queryOf(type: string, text: string, institution: string | undefined, resident: string | undefined): string {
  const q = new URLSearchParams({ _count: String(found) });
  switch (type) {
    case "Practitioner":
    case "Organization":
    case "Location":
      if (text) q.set("name", text);
      break;
    case "PractitionerRole":
      q.set("_include", "PractitionerRole:practitioner");
      if (institution) q.set("organization", institution);
      if (text) q.set("practitioner.name", text);
      break;
    case "Patient":
      if (resident) q.set("_id", resident.replace("Patient/", ""));
      else if (text) q.set("name", text);
      break;
    default:
      if (resident) q.set("patient", resident);
  }
  return `${type}?${q}`;
}

/** Chooses a resource by its type and what it is called. */
export function ReferencePicker({ field, id, value, invalid, described, about, fixed, onChange }: ReferencePickerProps) {
  const t = useSay();
  const { language } = useWho();
  const acting = useActing();
  const among = field.targets.length > 0 ? field.targets : usual;
  const [type, setType] = useState(value.split("/")[0] || among[0] || "");
  const [text, setText] = useState("");
  const [open, setOpen] = useState(!fixed || !value);
  const typed = useSettled(text);
  const query = queryOf(type, typed, acting.institution, about);
  const list = useQuery({
    queryKey: ["reference", query],
    queryFn: async ({ signal }) => {
      const body = query.slice(type.length + 1); // posted: names stand in no address
      return (await fhir<Bundle>(`${type}/_search`, { method: "POST", kind: "application/x-www-form-urlencoded", body, signal })).data;
    },
    enabled: open && type !== "",
    placeholderData: (before) => before,
  });
  if (!open) {
    return (
      <Flex gap="small" align="center" wrap>
        <Chosen reference={value} />
        <Button size="small" onClick={() => setOpen(true)}>{t(words.change)}</Button>
      </Flex>
    );
  }
  const included = new Map<string, Resource>((list.data?.entry ?? []).flatMap((e) => (e.resource ? [[`${e.resource.resourceType}/${e.resource.id}`, e.resource] as const] : [])));
  const label = (r: Resource) => {
    const person = included.get((r["practitioner"] as Reference | undefined)?.reference ?? "");
    return [person ? titleOf(person, language) : "", titleOf(r, language), ...factsOf(r, language).map((f) => f.value)].filter(Boolean).join(" · ");
  };
  const options = matches(list.data ?? { resourceType: "Bundle" }).map((r) => ({ value: `${r.resourceType}/${r.id}`, label: label(r) }));
  return (
    <Flex gap="small" wrap>
      {among.length > 1 && <Select virtual={false} aria-label={t(words.type)} style={{ minWidth: 140 }} value={type} options={among.map((one) => ({ value: one, label: typeOf(one, language) }))} onChange={setType} />}
      <Select
        virtual={false}
        id={id}
        style={{ flex: "1 1 240px", minWidth: 0 }}
        aria-label={field.label}
        aria-invalid={invalid}
        aria-describedby={described || undefined}
        {...(invalid ? { status: "error" as const } : {})}
        showSearch={{ filterOption: named.includes(type) || (type === "Patient" && !about) ? false : byText, onSearch: setText }}
        loading={list.isFetching}
        placeholder={t(words.search)}
        notFoundContent={t(words.nothing)}
        value={value || null}
        options={options}
        popupRender={(menu) => (
          <>
            {menu}
            {list.data && nextOf(list.data) && <Narrower shown={found} />}
          </>
        )}
        onChange={(v: string) => onChange(v)}
      />
    </Flex>
  );
}

const byText = (text: string, option: { label: string } | undefined) => option?.label.toLowerCase().includes(text.toLowerCase()) ?? false;

/** A resource that was chosen already. */
function Chosen({ reference }: { reference: string }) {
  const { language } = useWho();
  const { data } = useQuery({ queryKey: ["reference", reference], queryFn: async ({ signal }) => (await fhir(reference, { signal })).data, retry: false });
  if (!data) return <Typography.Text>{typeOf(reference.split("/")[0] ?? "", language)}</Typography.Text>;
  const text = data.resourceType === "AuditEvent" && isMembers(data["text"]) ? narrative(String(data["text"]["div"] ?? ""), language) : null;
  if (text) return <div>{text}</div>; // who did what, in the words of the trail
  return (
    <Typography.Text>
      {[typeOf(data.resourceType, language), titleOf(data, language), ...factsOf(data, language).map((f) => f.value)].join(" · ")}
    </Typography.Text>
  );
}
