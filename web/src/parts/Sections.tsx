import { Button, Flex, theme } from "antd";
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";

interface Section {
  key: string;
  label: string;
  children: ReactNode;
}

/** Sections of a page of which one is shown (WAI-ARIA tabs): their names wrap where there is little room; arrows, Home and End go between them. */
export function Sections({ items }: { items: Section[] }) {
  const { token } = theme.useToken();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [chosen, choose] = useState(items[0]?.key);
  const shown = items.find((i) => i.key === chosen) ?? items[0];
  if (!shown) return null;
  const go = (event: KeyboardEvent) => {
    const at = items.indexOf(shown);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[event.key];
    const next = to === undefined ? undefined : items.at(to % items.length);
    if (!next) return;
    event.preventDefault();
    choose(next.key);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[items.indexOf(next)]?.focus();
  };
  return (
    <>
      <Flex wrap gap={4} role="tablist" ref={list} onKeyDown={go} className="no-print" style={{ borderBlockEnd: `1px solid ${token.colorBorderSecondary}`, marginBlockEnd: 16 }}>
        {items.map((i) => {
          const is = i === shown;
          return (
            <Button
              key={i.key}
              type="text"
              role="tab"
              id={`${id}-${i.key}`}
              aria-selected={is}
              aria-controls={`${id}-panel`}
              tabIndex={is ? 0 : -1}
              onClick={() => choose(i.key)}
              style={{ borderRadius: 0, paddingInline: 12, borderBlockEnd: `3px solid ${is ? token.colorPrimary : "transparent"}`, color: is ? token.colorPrimary : token.colorText, fontWeight: is ? 650 : 400 }}
            >
              {i.label}
            </Button>
          );
        })}
      </Flex>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${shown.key}`}>{shown.children}</div>
    </>
  );
}
