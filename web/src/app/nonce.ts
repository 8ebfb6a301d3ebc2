/** The number that lets the page's styles be made. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="nonce"]')?.content ?? "";

// The components' library makes some styles without the number: those that keep the page from scrolling behind a dialog.
const create = document.createElement.bind(document);
document.createElement = ((name: string, options?: ElementCreationOptions) => {
  const element = create(name, options);
  if (name === "style") element.nonce = nonce;
  return element;
}) as typeof document.createElement;
