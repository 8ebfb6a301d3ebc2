import type { Language } from "../../words";

/** A JSON Schema as the server writes it of a move (internal/form). */
export interface Schema {
  type?: string;
  title?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  oneOf?: { const: string; "x-title-zh": string; "x-title-en": string }[];
  "x-title-zh"?: string;
  "x-title-en"?: string;
  "x-value"?: string;
  "x-order"?: string[];
  "x-targets"?: string[];
  "x-bytes"?: number;
}

export type Kind = "text" | "boolean" | "integer" | "decimal" | "date" | "dateTime" | "instant" | "code" | "reference" | "coding" | "identifier" | "part" | "resource";

/** What a form asks for. */
export interface Field {
  name: string;
  label: string;
  doc: string; // "" where there is none in the language
  kind: Kind;
  member: string; // of a parameter, by which it is sent
  required: boolean;
  many: boolean;
  most: number; // how often it may be given
  bytes: number; // of a text
  from: number;
  to: number;
  codes: { code: string; label: string }[] | undefined; // undefined for any code
  targets: string[]; // types of a reference; none for any
  fields: Field[]; // of a part
}

const kinds: Record<string, Kind> = {
  valueString: "text", valueBoolean: "boolean", valueInteger: "integer", valueDecimal: "decimal", valueInstant: "instant", valueDateTime: "dateTime",
  valueDate: "date", valueCode: "code", valueReference: "reference", valueCoding: "coding", valueIdentifier: "identifier", resource: "resource", part: "part",
};

/** The fields of a schema, in their order. */
export function fieldsOf(schema: Schema, language: Language): Field[] {
  const properties = schema.properties ?? {};
  return (schema["x-order"] ?? Object.keys(properties)).flatMap((name) => {
    const s = properties[name];
    return s ? [fieldOf(name, s, schema.required?.includes(name) ?? false, language)] : [];
  });
}

function fieldOf(name: string, s: Schema, required: boolean, language: Language): Field {
  const one = s.items ?? s;
  const member = s["x-value"] ?? "valueString";
  const title = language === "en" ? s["x-title-en"] : s["x-title-zh"];
  return {
    name, member, required, label: title ?? s.title ?? name,
    doc: language === "en" ? (s.description ?? "") : "", // the server explains fields in English only
    kind: kinds[member] ?? "text",
    many: s.type === "array",
    most: s.maxItems ?? (s.type === "array" ? Number.POSITIVE_INFINITY : 1),
    bytes: one["x-bytes"] ?? Number.POSITIVE_INFINITY,
    from: one.minimum ?? Number.NEGATIVE_INFINITY,
    to: one.maximum ?? Number.POSITIVE_INFINITY,
    codes: one.oneOf?.map((c) => ({ code: c.const, label: language === "en" ? c["x-title-en"] : c["x-title-zh"] })),
    targets: one["x-targets"] ?? [],
    fields: one.properties && member === "part" ? fieldsOf(one, language) : [],
  };
}
