import { CloseOutlined } from "@ant-design/icons";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { useSay } from "../app/session";
import { Button } from "./Button";
import { Told } from "./Told";
import { dismiss, type Toast, useToasts } from "./toasts";
import { words } from "./words";

const shownFor = { info: 8_000, success: 5_000, warning: 10_000, error: 10_000 }; // ms, while nobody points at it or has it in focus

/** What is told for a while, above every page. */
export function Toasts() {
  const t = useSay();
  return (
    <section className="toasts no-print" role="status" aria-label={t(words.toasts)}>
      {useToasts().map((one) => <One key={one.id} toast={one} />)}
    </section>
  );
}

function One({ toast: { id, kind, title, text, to } }: { toast: Toast }) {
  const t = useSay();
  const [held, hold] = useState(false);
  useEffect(() => {
    if (held) return;
    const later = setTimeout(() => dismiss(id), shownFor[kind]);
    return () => clearTimeout(later);
  }, [id, kind, held]);
  return (
    <Told
      kind={kind}
      title={to ? <Link to={to} onClick={() => dismiss(id)}>{title}</Link> : title}
      more={text}
      action={<Button type="text" size="small" icon={<CloseOutlined />} aria-label={t(words.close)} onClick={() => dismiss(id)} />}
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocus={() => hold(true)}
      onBlur={() => hold(false)}
    />
  );
}
