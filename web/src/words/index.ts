/** Texts for people, in both languages; a folder's texts stand in its words.ts and nowhere else. */
export type Text = readonly [zh: string, en: string];

/** Languages as the server names them. */
export type Language = "zh-CN" | "en";

/** Names things of a words.ts: each has a text in both languages. */
export const declare = <T extends Record<string, Text>>(words: T): T => words;

/** The text in a language; {0}, {1} … are replaced by what is put. */
export function say(text: Text, language: Language, ...put: (string | number)[]): string {
  return (language === "en" ? text[1] : text[0]).replace(/\{(\d)\}/g, (_, i: string) => String(put[Number(i)] ?? ""));
}
