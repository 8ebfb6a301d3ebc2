import { type Language, say } from ".";
import { words } from "./words";

/** Things one after the other, as a sentence lists them. */
export const listed = (things: readonly string[], language: Language): string => things.filter(Boolean).join(say(words.and, language));

/** Parts of what is told, with a pause between them. */
export const told = (parts: readonly string[], language: Language): string => parts.filter(Boolean).join(say(words.pause, language));
