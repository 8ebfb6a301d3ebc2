import { Button, Flex, InputNumber, Radio } from "antd";
import { type FormEvent, useId, useState } from "react";
import { useSay } from "../../app/session";
import { Part } from "../../parts/Part";
import type { Person } from "./triage";
import { words } from "./words";

const monthsBelow = 3; // years of age in which months count
const oldest = 125;

/** Asks how old somebody is, and of which sex. */
export function About({ onTell }: { onTell: (who: Person) => void }) {
  const t = useSay();
  const id = useId();
  const [years, setYears] = useState<number | null>(null);
  const [months, setMonths] = useState<number | null>(0);
  const [sex, setSex] = useState<"male" | "female">();
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (years !== null && sex) onTell({ months: years * 12 + (years < monthsBelow ? (months ?? 0) : 0), sex });
  };
  return (
    <Part title={t(words.about)}>
      <form onSubmit={submit}>
        <Flex vertical gap={16} align="start">
          <Flex gap={16} wrap>
            <div>
              <label htmlFor={`${id}-years`} style={{ display: "block" }}>{t(words.years)}</label>
              <InputNumber id={`${id}-years`} size="large" autoFocus min={0} max={oldest} precision={0} value={years} onChange={setYears} />
            </div>
            {years !== null && years < monthsBelow && (
              <div>
                <label htmlFor={`${id}-months`} style={{ display: "block" }}>{t(words.months)}</label>
                <InputNumber id={`${id}-months`} size="large" min={0} max={11} precision={0} value={months} onChange={setMonths} />
              </div>
            )}
          </Flex>
          <Radio.Group
            aria-label={t(words.sex)}
            size="large"
            optionType="button"
            value={sex ?? null}
            onChange={(e) => setSex(e.target.value as "male" | "female")}
            options={[{ value: "male", label: t(words.male) }, { value: "female", label: t(words.female) }]}
          />
          <Button type="primary" size="large" htmlType="submit" disabled={years === null || !sex}>{t(words.goOn)}</Button>
        </Flex>
      </form>
    </Part>
  );
}

/** Asks whether somebody is pregnant. */
export function Pregnancy({ onTell }: { onTell: (pregnant: boolean) => void }) {
  const t = useSay();
  return (
    <Part title={t(words.pregnant)}>
      <Flex gap="small" wrap>
        <Button size="large" style={{ flex: "1 1 160px" }} onClick={() => onTell(false)}>{t(words.pregnantNo)}</Button>
        <Button size="large" style={{ flex: "1 1 160px" }} onClick={() => onTell(true)}>{t(words.pregnantYes)}</Button>
      </Flex>
    </Part>
  );
}
