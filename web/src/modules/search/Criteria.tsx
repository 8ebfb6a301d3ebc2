import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Flex, Input, Select, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { ofResult } from "./capability";
import { type Criterion, waysOf } from "./criteria";
import { kinds, parameters, ways, words } from "./words";

interface Rows {
  criteria: Criterion[];
  known: ReadonlyMap<string, string>; // parameters of the type, with their kinds
  onChange: (criteria: Criterion[]) => void;
}

/** The criteria of a search as rows, with help as one types. */
export function Criteria({ criteria, known, onChange }: Rows) {
  const t = useSay();
  const change = (at: number, to: Partial<Criterion>) => onChange(criteria.map((c, i) => (i === at ? { ...c, ...to } : c)));
  return (
    <Flex vertical gap={12}>
      {criteria.map((c, i) => <Row key={i} nth={i + 1} criterion={c} known={known} onChange={(to) => change(i, to)} onRemove={() => onChange(criteria.filter((_, n) => n !== i))} />)}
      <div><Button icon={<PlusOutlined />} onClick={() => onChange([...criteria, { parameter: "", way: "", value: "" }])}>{t(words.add)}</Button></div>
    </Flex>
  );
}

interface One {
  nth: number;
  criterion: Criterion;
  known: ReadonlyMap<string, string>;
  onChange: (to: Partial<Criterion>) => void;
  onRemove: () => void;
}

function Row({ nth, criterion: { parameter, way, value }, known, onChange, onRemove }: One) {
  const t = useSay();
  const { language } = useWho();
  const index = language === "en" ? 1 : 0;
  const kind = known.get(parameter) ?? ofResult.get(parameter) ?? (parameter ? "string" : "");
  const all = [...known.keys(), ...ofResult.keys()].map((name) => ({ value: name, label: `${name} ${parameters[name]?.[index] ?? ""}` }));
  const label = (text: string) => `${text} ${nth}`;
  return (
    <Flex wrap gap={8} align="flex-start" role="group" aria-label={label(t(words.parameter))}>
      <AutoComplete
        value={parameter}
        options={all.filter((o) => o.label.toLowerCase().includes(parameter.toLowerCase()))}
        onChange={(to: string) => onChange({ parameter: to, way: "" })}
        aria-label={label(t(words.parameter))}
        placeholder={t(words.parameter)}
        popupMatchSelectWidth={false}
        style={{ flex: "1 1 180px", maxWidth: 320 }}
      />
      <Select
        value={way}
        onChange={(to: string) => onChange({ way: to })}
        options={["", ...new Set([...waysOf(kind), ...(way ? [way] : [])])].map((w) => ({ value: w, label: w ? `${ways[w]?.[index] ?? ""} ${w}` : t(words.equal) }))}
        aria-label={label(t(words.how))}
        popupMatchSelectWidth={false}
        style={{ flex: "0 1 190px" }}
      />
      <div style={{ flex: "2 1 220px" }}>
        <Input value={value} onChange={(e) => onChange({ value: e.target.value })} aria-label={label(t(words.value))} aria-describedby={`help-${nth}`} placeholder={t(words.value)} />
        <Typography.Text type="secondary" id={`help-${nth}`}>{kinds[kind]?.[index] ?? ""}</Typography.Text>
      </div>
      <Button type="text" icon={<DeleteOutlined />} aria-label={t(words.remove, nth)} onClick={onRemove} />
    </Flex>
  );
}
