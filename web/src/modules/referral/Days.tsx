import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Flex, Input, Typography } from "antd";
import { useId } from "react";
import { useSay } from "../../app/session";
import { dayAt } from "../../words/dates";
import { areAhead, followUpsMost, nextDay, ordered } from "./days";
import { words } from "./words";

/** The days of follow-up: they are added, taken out, and put in order. */
export function Days({ value, wrong, onChange }: { value: readonly string[]; wrong: string; onChange: (days: string[]) => void }) {
  const t = useSay();
  const id = useId();
  const today = dayAt(new Date());
  const said = wrong || (areAhead(value, today) ? "" : t(words.dayPast));
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }} data-invalid={Boolean(said)} aria-describedby={id}>
      <legend style={{ padding: 0 }}>
        <Typography.Text strong>{t(words.followDays)}</Typography.Text>
        <Typography.Text type="secondary"> {t(words.optional)}</Typography.Text>
      </legend>
      <Typography.Paragraph type="secondary" id={id} style={{ marginBlockEnd: 8 }}>
        {said ? <Typography.Text type="danger">{said}</Typography.Text> : t(words.followDaysHelp)}
      </Typography.Paragraph>
      <Flex gap="small" wrap align="center">
        {value.map((day, i) => (
          <Flex key={i} gap={4}>
            <Input
              type="date"
              aria-label={t(words.followDay, i + 1)}
              min={today}
              value={day}
              style={{ width: "auto" }}
              onChange={(e) => onChange(value.with(i, e.target.value))}
              onBlur={() => onChange(ordered(value))}
            />
            <Button
              icon={<DeleteOutlined />}
              aria-label={t(words.removeDay, i + 1)}
              onClick={() => onChange(value.filter((_, k) => k !== i))}
            />
          </Flex>
        ))}
        {value.length < followUpsMost && (
          <Button icon={<PlusOutlined />} onClick={() => onChange([...ordered(value), nextDay(value, today)])}>{t(words.addDay)}</Button>
        )}
      </Flex>
    </fieldset>
  );
}
