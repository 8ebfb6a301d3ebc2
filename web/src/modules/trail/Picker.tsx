import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";
import { type Bundle, fhir, matches } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
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
    queryFn: async ({ signal }) => matches((await fhir<Bundle>(`${type}?${new URLSearchParams({ _count: "20", ...(typed && { name: typed }) })}`, { signal })).data),
  });
  const found = (data ?? []).map((r) => ({ value: `${r.resourceType}/${r.id}`, label: titleOf(r, language) }));
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
      onChange={(to: string | undefined) => onChange(to ?? "")}
      style={{ width: "100%" }}
    />
  );
}
