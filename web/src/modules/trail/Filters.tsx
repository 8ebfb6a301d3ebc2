import { Button, Card, Col, Flex, Input, Row, Segmented, Select } from "antd";
import { type FormEvent, type ReactNode, useState } from "react";
import { useSay, useWho } from "../../app/session";
import { dayAgo, deedOf, type Outcome } from "./event";
import { type Filter, patientOf, print } from "./filter";
import { Picker } from "./Picker";
import { deeds, outcomes, words } from "./words";

interface FiltersProps {
  filter: Filter;
  names: ReadonlyMap<string, string>;
  onChange: (filter: Partial<Filter>) => void;
  onClear: () => void;
}

const spans = { today: 0, week: 6, month: 29 } as const;

/** What is looked for; it is asked for by the button, and stands in the address then. */
export function Filters({ filter, names, onChange, onClear }: FiltersProps) {
  const t = useSay();
  const { language } = useWho();
  const [want, change] = useState(filter);
  const [about, write] = useState(filter.about);
  const [wrong, blame] = useState(false);
  const said = print(filter, new Date()).toString();
  const [seen, see] = useState(said);
  if (seen !== said) { // somebody has gone back, or on from an event
    see(said);
    change(filter);
    write(filter.about);
    blame(false);
  }
  const put = (to: Partial<Filter>) => change({ ...want, ...to });
  const span = (Object.keys(spans) as (keyof typeof spans)[]).find((s) => !filter.to && filter.from === dayAgo(spans[s], new Date()));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const resident = about.trim() ? patientOf(about) : "";
    blame(resident === undefined);
    if (resident !== undefined) onChange({ ...want, about: resident });
  };
  const field = (id: string, label: string, input: ReactNode) => (
    <Col key={id} xs={24} sm={12} lg={8} xxl={6}>
      <label htmlFor={id} style={{ display: "block", marginBlockEnd: 4 }}>{label}</label>
      {input}
    </Col>
  );
  const any = { value: "", label: t(words.any) };
  return (
    <Card className="no-print">
      <form onSubmit={submit} role="search" aria-label={t(words.filters)} autoComplete="off">
        <Flex vertical gap={16}>
          <div role="group" aria-label={t(words.days)} style={{ overflowX: "auto" }}>
            <Segmented
              value={span ?? ""}
              onChange={(s) => onChange({ from: dayAgo(spans[s as keyof typeof spans], new Date()), to: "" })}
              options={(Object.keys(spans) as (keyof typeof spans)[]).map((s) => ({ value: s, label: t(words[s]) }))}
            />
          </div>
          <Row gutter={[16, 12]}>
            {(["from", "to"] as const).map((end) => (
              field(`trail-${end}`, t(words[end]), <Input id={`trail-${end}`} type="date" value={want[end]} onChange={(e) => put({ [end]: e.target.value })} />)
            ))}
            {field("trail-did", t(words.did), (
              <Select
                id="trail-did" virtual={false} showSearch={{ optionFilterProp: "label" }} value={want.did} onChange={(did) => put({ did })} style={{ width: "100%" }}
                options={[any, ...Object.keys(deeds).map((value) => ({ value, label: deedOf(value, language) }))]}
              />
            ))}
            {field("trail-outcome", t(words.outcome), (
              <Select<Outcome | "">
                id="trail-outcome" virtual={false} value={want.outcome} onChange={(outcome) => put({ outcome })} style={{ width: "100%" }}
                options={[{ value: "", label: t(words.any) }, ...(Object.keys(outcomes) as Outcome[]).map((value) => ({ value, label: t(outcomes[value]) }))]}
              />
            ))}
            {field("trail-who", t(words.who), <Picker id="trail-who" type="Practitioner" value={want.who} names={names} help={t(words.whoHelp)} onChange={(who) => put({ who })} />)}
            {field("trail-institution", t(words.institution), (
              <Picker
                id="trail-institution" type="Organization" value={want.institution} names={names} help={t(words.institutionHelp)}
                onChange={(institution) => put({ institution })}
              />
            ))}
            {field("trail-about", t(words.about), (
              <>
                <Input
                  id="trail-about" value={about} placeholder={t(words.aboutHelp)} {...(wrong && { status: "error" as const })}
                  aria-invalid={wrong} aria-describedby={wrong ? "trail-wrong" : undefined} onChange={(e) => write(e.target.value)}
                />
                {wrong && <div id="trail-wrong" role="alert">{t(words.wrongAbout)}</div>}
              </>
            ))}
          </Row>
          <Flex wrap gap={8}>
            <Button type="primary" htmlType="submit">{t(words.find)}</Button>
            <Button onClick={onClear}>{t(words.clear)}</Button>
          </Flex>
        </Flex>
      </form>
    </Card>
  );
}
