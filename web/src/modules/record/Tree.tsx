import { theme } from "antd";
import { useSay } from "../../app/session";
import { print } from "../../resource/json/parse";
import { isMembers } from "../../resource/shape";
import { words } from "./words";

interface Branch {
  name?: string;
  value: unknown;
  open?: boolean;
}

/** A value of JSON; what holds others can be folded. */
export function Tree({ name, value, open = false }: Branch) {
  const t = useSay();
  const { token } = theme.useToken();
  const called = name === undefined ? "" : `${name}: `;
  const inner = Array.isArray(value) ? value.map((v, i) => [String(i), v] as const) : isMembers(value) ? Object.entries(value) : undefined;
  if (!inner) return <div style={{ paddingInlineStart: 20, whiteSpace: "pre-wrap" }}><span style={{ color: token.colorTextSecondary }}>{called}</span>{print(value)}</div>;
  return (
    <details open={open || inner.length < 4} style={{ paddingInlineStart: name === undefined ? 0 : 8 }}>
      <summary style={{ cursor: "pointer", minHeight: 24 }}>{called}{Array.isArray(value) ? "[ ]" : "{ }"} <span style={{ color: token.colorTextSecondary }}>{t(words.members, inner.length)}</span></summary>
      {inner.map(([n, v]) => <Tree key={n} name={n} value={v} />)}
    </details>
  );
}
