import type { Language, Text } from "../../words";
import { elements, ofType, types } from "./words";

const choices = [
  "Quantity", "CodeableConcept", "String", "Boolean", "Integer", "DateTime", "Date", "Time", "Instant", "Period", "Range", "Ratio", "Timing", "Reference", "Age", "Duration",
  "Attachment", "SampledData", "Code", "Coding", "Identifier", "Annotation", "Decimal", "Uri", "Url", "Canonical", "PositiveInt", "UnsignedInt", "Markdown", "Money", "Address",
];
const chosen = new Set(["value", "effective", "onset", "abatement", "occurrence", "occurred", "performed", "medication", "deceased", "multipleBirth", "content", "asNeeded", "dose", "rate",
  "doseNumber", "seriesDoses", "reported", "timing", "serviced", "product", "scheduled", "allowed", "born", "age", "defaultValue", "item", "location", "entity"]);

/** An element's name without the type of its value: value of valueQuantity. */
export function baseOf(name: string): string {
  const type = choices.find((c) => name.endsWith(c) && chosen.has(name.slice(0, -c.length)));
  return type ? name.slice(0, -type.length) : name;
}

const said = (text: Text, language: Language) => (language === "en" ? text[1] : text[0]);

const inWords = (name: string) => name.replace(/([a-z])([A-Z])/g, "$1 $2").replace(/^./, (c) => c.toUpperCase()).replace(/ [A-Z](?=[a-z])/g, (c) => c.toLowerCase());

/** What a type of resources is called. */
export function typeOf(type: string, language: Language): string {
  const text = types[type];
  return text ? said(text, language) : inWords(type);
}

/** What an element is called; path is its own with that of what it stands in, such as Patient.contact.name. */
export function elementOf(path: string, language: Language): string {
  const last = path.lastIndexOf(".") + 1;
  const name = baseOf(path.slice(last));
  const text = ofType[path.slice(0, last) + name] ?? elements[name];
  return text ? said(text, language) : inWords(name);
}

