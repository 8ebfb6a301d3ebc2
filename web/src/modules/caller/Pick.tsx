import { Input, type InputRef, theme } from "antd";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { moved } from "./caller";

/** One of several things. */
export interface Choice {
  key: string;
  label: ReactNode;
  more?: ReactNode;
}

interface PickProps {
  label: string;
  of: readonly Choice[];
  onPick: (key: string) => void;
  typed?: { value: string; onChange: (value: string) => void; placeholder: string }; // where one types to have fewer
}

/** Lets somebody choose by the arrow keys and Enter, or by a click; it has the focus as soon as it is there. */
export function Pick({ label, of, onPick, typed }: PickProps) {
  const id = useId();
  const { token } = theme.useToken();
  const [chosen, choose] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<InputRef>(null);
  const at = moved(chosen, "", of.length);
  const types = typed !== undefined;
  useEffect(() => {
    if (types) input.current?.focus();
    else list.current?.focus();
  }, [types]);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);

  function press(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return; // Enter takes a word of the input method
    if (event.key === "Enter") {
      const one = of[at];
      if (one) onPick(one.key);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp" || (!types && (event.key === "Home" || event.key === "End"))) choose(moved(at, event.key, of.length));
    else return;
    event.preventDefault();
  }

  const active = of[at] ? `${id}-${at}` : undefined;
  return (
    <div>
      {typed && (
        <Input
          ref={input} size="large" role="combobox" aria-expanded aria-controls={`${id}-list`} aria-activedescendant={active} aria-label={label} placeholder={typed.placeholder}
          value={typed.value} onChange={(e) => { typed.onChange(e.target.value); choose(0); }} onKeyDown={press} style={{ marginBlockEnd: 8 }}
        />
      )}
      <div
        ref={list} id={`${id}-list`} role="listbox" aria-label={label} tabIndex={types ? -1 : 0} onKeyDown={types ? undefined : press} {...(!types && { "aria-activedescendant": active })}
        style={{ maxHeight: 360, overflowY: "auto", border: `1px solid ${token.colorBorderSecondary}`, borderRadius: token.borderRadius }}
      >
        {of.map((c, i) => (
          <div
            key={c.key} id={`${id}-${i}`} role="option" aria-selected={i === at} onClick={() => onPick(c.key)}
            style={{
              display: "flex", justifyContent: "space-between", gap: 12, flexWrap: "wrap", padding: "8px 12px", minHeight: 40, cursor: "pointer", alignItems: "center",
              borderInlineStart: `4px solid ${i === at ? token.colorPrimary : token.colorBgContainer}`, background: i === at ? token.colorInfoBg : token.colorBgContainer,
            }}
          >
            <span>{c.label}</span>
            {c.more && <span style={{ color: token.colorTextSecondary }} className="numbers">{c.more}</span>}
          </div>
        ))}
      </div>
    </div>
  );
}
