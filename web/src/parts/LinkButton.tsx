import type { ComponentProps } from "react";
import { Link } from "react-router";
import { classesOf, type Look } from "../plain/Button";

/** A link to a place in the app that looks like a button. */
export function LinkButton({ type, size, danger, block, icon, className, children, ...rest }: ComponentProps<typeof Link> & Look) {
  return <Link {...rest} className={classesOf({ type, size, danger, block }, className)}>{icon}{children}</Link>;
}
