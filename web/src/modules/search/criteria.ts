/** One criterion of a search: parameter, how it is compared (a modifier such as :exact, or a prefix such as ge; "" for neither) and value. */
export interface Criterion {
  parameter: string;
  way: string;
  value: string;
}

const modifiers: Record<string, string[]> = {
  string: [":exact", ":contains", ":missing"],
  token: [":not", ":text", ":missing"],
  reference: [":identifier", ":missing"],
  uri: [":missing"],
  composite: [],
  special: [],
};
const prefixes = ["ge", "le", "gt", "lt", "ne", "sa", "eb", "ap"];
const ordered = ["date", "number", "quantity"];

/** The ways in which a parameter of a kind is compared, beside the usual one. */
export const waysOf = (kind: string): string[] => (ordered.includes(kind) ? [...prefixes, ":missing"] : (modifiers[kind] ?? []));

/** The criteria as the text of a query, such as code=15074-8&date=ge2026; values stand in it as they are typed, but for what has a meaning in it. */
export function print(criteria: Criterion[]): string {
  const escape = (text: string) => text.replaceAll(/[%&+#]/g, (c) => encodeURIComponent(c));
  return criteria.filter((c) => c.parameter).map(({ parameter, way, value }) => (way.startsWith(":") ? `${parameter}${way}=${escape(value)}` : `${parameter}=${way}${escape(value)}`)).join("&");
}

/** The criteria that a text says; kindOf tells the kind of a parameter, as only some take prefixes. */
export function read(text: string, kindOf: (parameter: string) => string | undefined): Criterion[] {
  return text.replace(/^.*\?/, "").split("&").filter(Boolean).map((part) => {
    const at = part.indexOf("=");
    const [name, typed] = at < 0 ? [part, ""] : [part.slice(0, at), decoded(part.slice(at + 1))];
    const [parameter = "", ...rest] = decoded(name).split(":");
    const modifier = rest.length > 0 ? `:${rest.join(":")}` : "";
    const prefix = !modifier && ordered.includes(kindOf(parameter) ?? "") ? (/^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[\d.+-])/.exec(typed)?.[0] ?? "") : "";
    return { parameter, way: modifier || prefix, value: typed.slice(prefix.length) };
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** The body of a search that is posted; values never stand in an address. */
export function bodyOf(criteria: Criterion[]): string {
  const body = new URLSearchParams();
  for (const { parameter, way, value } of criteria) if (parameter && value) body.append(way.startsWith(":") ? parameter + way : parameter, way.startsWith(":") ? value : way + value);
  if (!body.has("_count")) body.append("_count", "25");
  return body.toString();
}
