import { Button, type ButtonProps } from "antd";
import { useHref, useLinkClickHandler } from "react-router";

/** A link to a place in the app that looks like a button. */
export function LinkButton({ to, ...rest }: Omit<ButtonProps, "href" | "onClick"> & { to: string }) {
  const href = useHref(to);
  const go = useLinkClickHandler<HTMLElement>(to);
  return <Button {...rest} href={href} onClick={(event) => go(event as React.MouseEvent<HTMLElement, MouseEvent>)} />;
}
