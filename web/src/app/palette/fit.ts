import { initialsAt } from "./initials";

/** What was typed as it is compared: letters of one width and size, one space between words. */
export const plain = (typed: string): string => typed.normalize("NFKC").toLowerCase().trim().replaceAll(/\s+/g, " ");

/** How well something is found by what was typed (plain): 0 for not at all, more for better. */
export function fit(typed: string, by: readonly string[]): number {
  return Math.max(0, ...by.map((text) => fitOne(typed, plain(text))));
}

function fitOne(typed: string, text: string): number {
  if (text === typed) return 6;
  if (text.startsWith(typed)) return 5;
  const words = typed.split(" ");
  const parts = text.split(/[\s/·:\uff1a]+/);
  if (words.every((w) => parts.some((p) => p.startsWith(w)))) return 4;
  if (/^[a-z]{2,}$/.test(typed) && /[\u3400-\u9fff]/.test(text)) {
    const at = initialsAt(typed, text);
    if (at >= 0) return at === 0 ? 3 : 1;
  }
  return words.every((w) => text.includes(w)) ? 2 : 0;
}

/** What fits, the best first; those that fit alike stay in their order. */
export function fitting<T extends { by: readonly string[] }>(all: readonly T[], typed: string): T[] {
  const wanted = plain(typed);
  return all
    .map((item) => ({ item, fits: fit(wanted, item.by) }))
    .filter(({ fits }) => fits > 0)
    .sort((a, b) => b.fits - a.fits)
    .map(({ item }) => item);
}
