import { Flex, theme, Typography } from "antd";
import { useEffect } from "react";
import { useSay } from "../session";
import type { Group } from "./groups";
import type { Item } from "./items";
import { words } from "./words";

interface OptionsProps {
  id: string; // of the palette: its options are numbered behind it
  groups: Group[];
  at: number; // which one Enter opens
  keys: boolean; // of places are shown
  onUse: (item: Item) => void;
}

/** What the palette has found, in groups; the focus stays in the box. */
export function Options({ id, groups, at, keys, onUse }: OptionsProps) {
  const t = useSay();
  const { token } = theme.useToken();
  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [id, at]);
  const name = { padding: "8px 12px 4px", color: token.colorTextSecondary, fontSize: token.fontSizeSM };
  let number = -1;
  return (
    <div
      id={`${id}-list`}
      role="listbox"
      aria-label={t(words.list)}
      tabIndex={-1}
      style={{ maxHeight: "55vh", overflowY: "auto", marginBlockStart: 8 }}
    >
      {groups.map((group, g) => (
        <div key={group.name[1]} role="group" aria-labelledby={`${id}-group-${g}`}>
          <div id={`${id}-group-${g}`} role="presentation" style={name}>{t(group.name)}</div>
          {group.items.map((item) => {
            number += 1;
            const is = number === at;
            return (
              <Flex
                key={item.id}
                id={`${id}-${number}`}
                role="option"
                aria-selected={is}
                align="center"
                gap={12}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => onUse(item)}
                style={{
                  minHeight: token.controlHeight, padding: "6px 12px", cursor: "pointer", borderRadius: token.borderRadius,
                  background: is ? token.colorInfoBg : undefined,
                  boxShadow: is ? `inset 3px 0 0 ${token.colorPrimary}` : undefined, fontWeight: is ? 600 : 400,
                }}
              >
                <span aria-hidden style={{ color: token.colorPrimary, fontSize: token.fontSizeLG }}>{item.icon}</span>
                <Flex wrap gap="0 12px" align="baseline" style={{ flex: 1, minWidth: 0 }}>
                  <span>{item.text}</span>
                  {item.more && <Typography.Text type="secondary" style={{ fontWeight: 400 }}>{item.more}</Typography.Text>}
                </Flex>
                {keys && item.keys && <span aria-hidden>{item.keys.split(" ").map((k, i) => <kbd key={i}>{k}</kbd>)}</span>}
              </Flex>
            );
          })}
        </div>
      ))}
    </div>
  );
}
