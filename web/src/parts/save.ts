/** Lets the browser save a text, or bytes, as a file. */
export function save(text: string | Uint8Array<ArrayBuffer>, name: string, kind: string) {
  const url = URL.createObjectURL(new Blob([text], { type: kind }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
