/** What a key does, or one key after the other: "j", "g i". */
export interface Key {
  key: string;
  shown?: string; // in the help, where it has more names
  called: string; // what it does, in the person's language
  does: () => void;
}

/** What a press means after what was pressed before: a key that does something, or the beginning of one; "" for neither. */
export function typed(sets: readonly (readonly Key[])[], before: string, press: string): { does?: () => void; pending: string } {
  const all = sets.toReversed().flat(); // the page's own before those of every page
  for (const now of before ? [`${before} ${press}`, press] : [press]) {
    const found = all.find((k) => k.key === now);
    if (found) return { does: found.does, pending: "" };
    if (all.some((k) => k.key.startsWith(`${now} `))) return { pending: now };
  }
  return { pending: "" };
}
