/** How wide scroll bars are, measured without a style of its own: it stands in the place of antd's measure. */
export default function getScrollBarSize(): number {
  const outer = document.createElement("div");
  Object.assign(outer.style, { position: "absolute", top: "-100px", width: "50px", height: "50px", overflow: "scroll" });
  document.body.append(outer);
  const width = outer.offsetWidth - outer.clientWidth;
  outer.remove();
  return width;
}

/** The same for both directions, as antd asks for it. */
export function getTargetScrollBarSize(): { width: number; height: number } {
  const size = getScrollBarSize();
  return { width: size, height: size };
}
