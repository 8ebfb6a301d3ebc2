import { type ComponentType, lazy } from "react";

/** Something that is fetched before it is drawn, at the latest then. */
export type Later<P> = ComponentType<P> & { load: () => Promise<unknown> };

/** A part that is made of the components' library: both are fetched when they are needed. What residents see first does without. */
export function dressed<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): Later<P> {
  const both = async () => {
    const [{ default: Part }, { Dress }] = await Promise.all([load(), import("./Dress")]);
    const Dressed = (props: P) => <Dress><Part {...props} /></Dress>;
    return { default: Dressed };
  };
  return Object.assign(lazy(both) as unknown as ComponentType<P>, { load: both });
}
