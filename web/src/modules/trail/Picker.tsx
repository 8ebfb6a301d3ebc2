import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";
import { type Bundle, fhir, matches, nextOf } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { Narrower } from "../../parts/Narrower";
import { useSettled } from "../../parts/settled";
import { titleOf } from "../../resource/summary";
import { calledOf } from "./event";
import { words } from "./words";

interface PickerProps {
  id: string;
  type: "Practitioner" | "Organization";
  value: string;
  names: ReadonlyMap<string, string>;
  help: string;
  onChange: (reference: string) => void;
}

const shown = 20;

/** Those of a type whose names begin so; it is posted, so that no name stands in an address. */
export async function named(type: PickerProps["type"], name: string, signal?: AbortSignal) {
  const body = new URLSearchParams({ _count: String(shown), ...(name && { name }) }).toString();
  const { data } = await fhir<Bundle>(`${type}/_search`, { method: "POST", kind: "application/x-www-form-urlencoded", body, ...(signal && { signal }) });
  return { all: matches(data), more: nextOf(data) !== "" };
}

/** Chooses a member of staff or an institution by name. */
export function Picker({ id, type, value, names, help, onChange }: PickerProps) {
  const t = useSay();
  const { language } = useWho();
  const [text, write] = useState("");
  const [open, setOpen] = useState(false);
  const typed = useSettled(text);
  const { data } = useQuery({
    queryKey: ["trail", "picker", type, typed],
    enabled: open,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => named(type, typed, signal),
  });
  const found = (data?.all ?? []).map((r) => ({ value: `${r.resourceType}/${r.id}`, label: titleOf(r, language) }));
  const options = value && !found.some((o) => o.value === value) ? [{ value, label: calledOf(value, names, language) }, ...found] : found;
  return (
    <Select
      id={id}
      virtual={false}
      allowClear
      showSearch={{ filterOption: false, onSearch: write }}
      onOpenChange={setOpen}
      placeholder={help}
      notFoundContent={t(words.none)}
      value={value || null}
      options={options}
      popupRender={(menu) => (
        <>
          {menu}
          {data?.more && <Narrower shown={shown} />}
        </>
      )}
      onChange={(to: string | undefined) => onChange(to ?? "")}
      style={{ width: "100%" }}
    />
  );
}
