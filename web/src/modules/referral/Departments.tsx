import { Flex, Input, Radio, Tag, theme, Typography } from "antd";
import { useId, useState } from "react";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { type Hospital, hospitalsOf, useAgreements, type Way } from "./agreements";
import { words } from "./words";

interface DepartmentsProps {
  way: Way;
  green: boolean; // by the green channel
  value: string;
  wrong: string; // what is wrong with the choice, "" for nothing
  asked?: readonly string[]; // institutions that were asked before
  onChange: (department: string) => void;
}

const manyFrom = 9; // departments among which one searches

/** Chooses among the departments that take one's referrals, by hospital. */
export function Departments({ way, green, value, wrong, asked = [], onChange }: DepartmentsProps) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const [typed, type] = useState("");
  const id = useId();
  const marked = wrong && { borderInlineStart: `3px solid ${token.colorError}`, paddingInlineStart: 12 };
  const found = useAgreements(language);
  if (found.isPending) return <Loading rows={3} />;
  if (found.error) return <Failed error={found.error} again={() => void found.refetch()} />;
  const all = hospitalsOf(found.data, way, green, asked);
  const part = typed.trim().toLowerCase();
  const fits = (text: string) => text.toLowerCase().includes(part);
  const shown = all
    .map((h) => ({ ...h, departments: h.departments.filter((d) => d.reference === value || fits(h.name) || fits(d.name)) }))
    .filter((h) => h.departments.length > 0);
  const count = all.reduce((sum, h) => sum + h.departments.length, 0);
  if (count === 0) {
    return (
      <Empty title={t(green ? words.noGreen : way === "up" ? words.noneAbove : words.noneBelow)} why={t(words.noneWhy)} />
    );
  }
  return (
    <fieldset
      data-invalid={Boolean(wrong)}
      aria-describedby={wrong ? id : undefined}
      style={{ border: 0, margin: 0, padding: 0, minWidth: 0, ...marked }}
    >
      <legend style={{ padding: 0 }}>
        <Typography.Text strong>{t(way === "up" ? words.departmentUp : words.departmentDown)}</Typography.Text>
      </legend>
      {count >= manyFrom && (
        <Input
          type="search"
          allowClear
          aria-label={t(words.findDepartment)}
          placeholder={t(words.findDepartment)}
          value={typed}
          onChange={(e) => type(e.target.value)}
          style={{ maxWidth: 360, marginBlock: 8 }}
        />
      )}
      <Radio.Group name={id} value={value || null} onChange={(e) => onChange(String(e.target.value))} style={{ width: "100%" }}>
        <Flex vertical gap="small">
          {shown.map((h) => <OfHospital key={h.reference} hospital={h} />)}
          {shown.length === 0 && <Typography.Text type="secondary" role="status">{t(words.noDepartment)}</Typography.Text>}
        </Flex>
      </Radio.Group>
      {wrong && <Typography.Text id={id} type="danger" role="alert">{wrong}</Typography.Text>}
    </fieldset>
  );
}

function OfHospital({ hospital: h }: { hospital: Hospital }) {
  const t = useSay();
  const { token } = theme.useToken();
  const id = useId();
  const green = h.departments.every((d) => d.green);
  return (
    <div
      role="group"
      aria-labelledby={id}
      style={{ border: `1px solid ${token.colorBorderSecondary}`, borderRadius: token.borderRadius, padding: 12 }}
    >
      <Flex gap="4px 8px" wrap align="center" id={id}>
        <Typography.Text strong>{h.name}</Typography.Text>
        {h.levelName && <Tag variant="outlined" style={{ margin: 0 }}>{h.levelName}</Tag>}
        {h.leads && <Tag variant="outlined" style={{ margin: 0 }}>{t(words.leads)}</Tag>}
        {h.partner && <Tag variant="outlined" style={{ margin: 0 }}>{t(words.partner)}</Tag>}
        {green && <Tag variant="outlined" color="success" style={{ margin: 0 }}>{t(words.green)}</Tag>}
        {h.distance !== undefined && (
          <Typography.Text type="secondary" className="numbers">
            {t(words.distance, h.distance < 10 ? h.distance.toFixed(1) : Math.round(h.distance))}
          </Typography.Text>
        )}
      </Flex>
      {h.address && <Typography.Text type="secondary" style={{ fontSize: token.fontSizeSM }}>{h.address}</Typography.Text>}
      <div
        style={{
          display: "grid", gap: "4px 16px", marginBlockStart: 8,
          gridTemplateColumns: `repeat(auto-fill, minmax(min(100%, ${token.fontSize * 11}px), 1fr))`,
        }}
      >
        {h.departments.map((d) => (
          <Radio key={d.reference} value={d.reference} style={{ minHeight: 28, alignItems: "center" }}>
            {d.name}
            {d.green && !green && ` (${t(words.green)})`}
          </Radio>
        ))}
      </div>
    </div>
  );
}
