import { LoadingOutlined } from "@ant-design/icons";
import type { ComponentProps, ReactNode } from "react";

/** How a button looks. */
export interface Look {
  type?: "default" | "primary" | "text" | "link" | undefined;
  size?: "small" | "middle" | "large" | undefined;
  danger?: boolean | undefined;
  block?: boolean | undefined; // as wide as there is room
  icon?: ReactNode;
}

/** The classes of a look. */
export const classesOf = ({ type, size, danger, block }: Look, more = ""): string =>
  ["button", type !== "default" && type, size !== "middle" && size, danger && "danger", block && "block", more].filter(Boolean).join(" ");

/** A button. One that is busy keeps the focus and does nothing more. */
export function Button({ type, size, danger, block, icon, busy = false, className, children, onClick, ...rest }: Omit<ComponentProps<"button">, "type"> & Look & { busy?: boolean }) {
  return (
    <button type="button" {...rest} className={classesOf({ type, size, danger, block }, className)} aria-busy={busy || undefined} onClick={busy ? undefined : onClick}>
      {busy ? <LoadingOutlined aria-hidden /> : icon}
      {children}
    </button>
  );
}
