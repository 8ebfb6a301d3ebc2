// The first character of each letter in the order of pinyin: those of a, ba, ca, da … za.
const firsts =
  "\u963f\u516b\u5693\u54d2\u59b8\u53d1\u65ee\u54c8\u8ba5\u5494\u5783\u75f3\u62cf\u5662\u5991\u4e03" +
  "\u5465\u4ee8\u4ed6\u7a75\u5915\u4e2b\u531d";
const letters = "abcdefghjklmnopqrstwxyz";

// Characters that are said in more ways than one, with the letters of all.
const several: Record<string, string> = {
  "\u6821": "xj", "\u91cd": "zc", "\u957f": "cz", "\u884c": "xh", "\u8c03": "td",
  "\u53c2": "cs", "\u67e5": "cz", "\u4f1a": "hk", "\u79cd": "zc", "\u66f4": "g", "\u4f20": "cz",
};

let order: Intl.Collator | undefined;

/** The letters that the pinyin of a character may begin with, by the browser's order of Chinese; "" for other characters. */
export function initial(character: string): string {
  if (!/[\u3400-\u9fff]/.test(character)) return /[a-z0-9]/.test(character) ? character : "";
  order ??= new Intl.Collator("zh-CN-u-co-pinyin");
  const after = [...firsts].findLastIndex((first) => order?.compare(first, character) !== 1);
  return several[character] ?? letters[after] ?? "";
}

/** Where the letters begin to be the initials of a text, one for each character; -1 for nowhere. */
export function initialsAt(typed: string, text: string): number {
  const all = [...text.toLowerCase()].map(initial).filter(Boolean);
  const wanted = [...typed];
  return all.findIndex((_, at) => wanted.every((letter, i) => all[at + i]?.includes(letter)));
}
