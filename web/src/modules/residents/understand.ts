import type { Text } from "../../words";
import { words } from "./words";

/** What was typed to find a resident is taken for: a parameter of the search for Patients, its value, and that in words. */
export interface Understood {
  parameter: "name" | "phonetic" | "identifier" | "phone";
  value: string;
  words: Text;
}

/** Takes what was typed for what it looks like; nothing for nothing. */
export function understand(typed: string): Understood | undefined {
  const text = typed.normalize("NFKC").trim();
  const bare = text.replaceAll(/[\s-]/g, "");
  if (text === "") return undefined;
  if (/^\d{17}[\dXx]$/.test(bare)) return { parameter: "identifier", value: bare.toUpperCase(), words: words.asNumber };
  if (/^(\+?86)?1[3-9]\d{9}$/.test(bare)) return { parameter: "phone", value: bare.replace(/^\+?86/, ""), words: words.asPhone };
  if (/\d/.test(bare) && /^[A-Za-z0-9]+$/.test(bare)) return { parameter: "identifier", value: bare, words: words.asCard };
  if (/^[A-Za-züÜ' ]+$/.test(text)) return { parameter: "phonetic", value: text.replaceAll("'", ""), words: words.asPhonetic };
  return { parameter: "name", value: text, words: words.asName };
}

/** The body of a search for Patients: values never stand in an address. A bar and a comma in a value are themselves. */
export function bodyOf({ parameter, value }: Understood): string {
  return new URLSearchParams({ [parameter]: value.replaceAll(/[\\,|$]/g, (c) => `\\${c}`), _count: "20" }).toString();
}
