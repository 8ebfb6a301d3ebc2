import type { Coding } from "../../api/fhir";
import type { Language } from "../../words";
import { codes, interpretations, systems } from "./words";

/** A concept as FHIR has it. */
export interface Concept {
  text?: string;
  coding?: Coding[];
}

const index = (language: Language) => (language === "en" ? 1 : 0);

/** A code in words, itself where nobody has named it. */
export const codeOf = (code: string, language: Language): string => codes[code]?.[index(language)] ?? code;

/** A code system's or a number's kind in words, its address where nobody has named it. */
export const systemOf = (system: string, language: Language): string => systems[system]?.[index(language)] ?? system;

// Systems whose codes have one meaning wherever they stand, so that ours may say it: HL7's and the platform's.
const known = /^(http:\/\/(terminology\.hl7\.org\/CodeSystem|hl7\.org\/fhir)\/(?!sid\/)|urn:yitong:)/;

const isIn = (language: Language, text: string): boolean => /[\u3400-\u9fff]/.test(text) === (language === "zh-CN");

/** A coding in words: the name that it brings, ours where that is in the other language, or none. */
export function codingOf({ system = "", code = "", display }: Coding, language: Language): string {
  const ours = display && !isIn(language, display) && known.test(system) && codes[code]?.[index(language)];
  return ours || (display ?? codeOf(code, language));
}

/** A concept in words: as its writer said it, else the first coding. */
export function conceptOf(concept: Concept | undefined, language: Language): string {
  if (!concept) return "";
  const named = concept.coding?.find((c) => c.display) ?? concept.coding?.[0];
  return concept.text ?? (named ? codingOf(named, language) : "");
}

/** What an interpretation's code means, undefined for one that is not HL7's. */
export const meaningOf = (code: string, language: Language): string | undefined => interpretations[code]?.[index(language)];

/** Whether an interpretation's code calls for a look. */
export const isAbnormal = (code: string): boolean => code in interpretations && !["N", "NEG", "S"].includes(code);
