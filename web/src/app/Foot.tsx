import { type ReactNode, useEffect, useRef, useState } from "react";

/** The bars at the foot of the window. They take as much room behind the page, so that they never hide its end. */
export function Foot({ children }: { children: ReactNode }) {
  const bars = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  useEffect(() => {
    if (!bars.current) return;
    const watch = new ResizeObserver(() => setHeight(bars.current?.offsetHeight ?? 0));
    watch.observe(bars.current);
    return () => watch.disconnect();
  }, []);
  return (
    <>
      <div className="shell-foot" style={{ height }} />
      <div className="shell-foot bars" ref={bars}>{children}</div>
    </>
  );
}
