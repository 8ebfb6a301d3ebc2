import { Problem } from "../api/http";
import { type Language, say } from "../words";
import { words } from "./words";

/** The sentences of a text in one language, where the server says both behind each other: first English, then Chinese. */
export function inLanguage(text: string, language: Language): string {
  const both = /^([^\u3400-\u9fff]+[.!?])\s+([\u3400-\u9fff].*)$/su.exec(text);
  return (language === "en" ? both?.[1] : both?.[2]) ?? text;
}

/** What an error says to people. */
export function told(error: Error, language: Language): string {
  if (!(error instanceof Problem)) return say(words.unexpected, language);
  if (error.status === 0) return say(words.unreached, language);
  return error.message ? inLanguage(error.message, language) : say(words.unexpected, language);
}
