import type { Language } from "../words";

/** Whether the browser can speak. */
export const canSpeak = (): boolean => typeof window.speechSynthesis !== "undefined";

/** Says a text in a language, behind what is being said. */
export function aloud(text: string, language: Language): void {
  if (!canSpeak()) return;
  const one = new SpeechSynthesisUtterance(text);
  one.lang = language === "en" ? "en-US" : "zh-CN";
  window.speechSynthesis.speak(one);
}

/** Says nothing more. */
export function hush(): void {
  if (canSpeak()) window.speechSynthesis.cancel();
}
