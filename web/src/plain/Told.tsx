import { CheckCircleFilled, CloseCircleFilled, ExclamationCircleFilled, InfoCircleFilled } from "@ant-design/icons";
import type { ComponentProps, ReactNode } from "react";

const icons = { info: InfoCircleFilled, success: CheckCircleFilled, warning: ExclamationCircleFilled, error: CloseCircleFilled };

/** How good or bad what is told is. */
export type Kind = keyof typeof icons;

/** Something that is told, with more below it and what one can do beside it. */
export function Told({ kind, title, more, action, className = "", ...rest }: { kind: Kind; title: ReactNode; more?: ReactNode; action?: ReactNode } & Omit<ComponentProps<"div">, "title">) {
  const Icon = icons[kind];
  return (
    <div {...rest} className={`told ${kind} ${className}`.trimEnd()}>
      <Icon aria-hidden />
      <div>
        <span>{title}</span>
        {more && <div>{more}</div>}
      </div>
      {action}
    </div>
  );
}
