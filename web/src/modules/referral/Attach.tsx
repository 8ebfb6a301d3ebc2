import { Button, Checkbox, Flex, theme, Typography } from "antd";
import { useState } from "react";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { useTimes } from "../../parts/times";
import type { Result } from "../../resource/results";
import { gistOf, titleOf, whenOf } from "../../resource/summary";
import { Standing } from "../record/Standing";
import { attachedMost, type Group, groupsOf, nameOf } from "./attach";
import { words } from "./words";

/** Chooses what of the record a letter takes along, by ticking. */
export function Attach({ all, value, onChange }: { all: Resource[]; value: readonly string[]; onChange: (chosen: string[]) => void }) {
  const t = useSay();
  const groups = groupsOf(all);
  const put = (reference: string, is: boolean) => onChange(is ? [...value, reference] : value.filter((v) => v !== reference));
  return (
    <Flex vertical gap="small">
      <div>
        <Typography.Text strong>{t(words.attach)}</Typography.Text>
        <Typography.Text type="secondary" role="status"> {t(words.attachCount, value.length, attachedMost)}</Typography.Text>
      </div>
      {groups.length === 0 && <Typography.Text type="secondary">{t(words.nothingToAttach)}</Typography.Text>}
      {groups.map((g) => <OfGroup key={g.key} group={g} value={value} full={value.length >= attachedMost} put={put} />)}
    </Flex>
  );
}

const atFirst = 6;

interface OfGroupProps {
  group: Group;
  value: readonly string[];
  full: boolean; // no more may be chosen
  put: (reference: string, is: boolean) => void;
}

function OfGroup({ group, value, full, put }: OfGroupProps) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const { token } = theme.useToken();
  const [open, setOpen] = useState(false);
  const shown = group.of.filter((r, i) => open || i < atFirst || value.includes(nameOf(r)));
  const hidden = group.of.length - shown.length;
  return (
    <fieldset
      style={{
        border: `1px solid ${token.colorBorderSecondary}`, borderRadius: token.borderRadius, margin: 0, padding: "4px 12px 8px",
        minWidth: 0,
      }}
    >
      <legend style={{ padding: "0 4px" }}>{t(group.words)}</legend>
      {shown.map((r) => {
        const is = value.includes(nameOf(r));
        return (
          <div key={nameOf(r)} style={{ paddingBlock: 2 }}>
            <Checkbox checked={is} disabled={!is && full} onChange={(e) => put(nameOf(r), e.target.checked)} style={{ minHeight: 24 }}>
              <Flex component="span" wrap gap="0 10px" align="center">
                <span>{titleOf(r, language)}</span>
                <span className="numbers">{gistOf(r, language)}</span>
                <Standing of={r as Result} short />
                <Typography.Text type="secondary" className="numbers">{whenOf(r) && times.day(whenOf(r))}</Typography.Text>
              </Flex>
            </Checkbox>
          </div>
        );
      })}
      {(hidden > 0 || open) && group.of.length > atFirst && (
        <Button type="link" size="small" style={{ paddingInline: 0 }} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t(words.fewer) : t(words.others, hidden)}
        </Button>
      )}
    </fieldset>
  );
}
