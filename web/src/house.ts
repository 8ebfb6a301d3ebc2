import { parseSync } from "vite";

/** A node of a source as the parser gives it (ESTree). */
export interface Node {
  type: string;
  start: number;
  [part: string]: unknown;
}

/** A source of the app. */
export interface Source {
  path: string; // such as ./app/Shell.tsx
  text: string;
  program: Node;
}

/** Parses a source; one that does not parse is thrown out. */
export function sourceOf(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors.map((e) => e.message).join(", ")}`);
  return { path, text, program: program as unknown as Node };
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && typeof (value as Node).type === "string";

/** Goes through a node and all below it. */
export function walk(node: Node, visit: (node: Node, above: readonly Node[]) => void, above: readonly Node[] = []): void {
  visit(node, above);
  const inside = [...above, node];
  for (const part of Object.values(node)) {
    for (const one of Array.isArray(part) ? part : [part]) if (isNode(one)) walk(one, visit, inside);
  }
}

const chinese = /[\u2e80-\u9fff\uff00-\uffef]/;
const letters = /\p{L}/u;

/** Attributes and properties that people read or hear. */
const read = new Set([
  "aria-label", "aria-description", "aria-valuetext", "title", "placeholder", "alt", "label", "description", "subTitle", "okText", "cancelText",
  "tooltip", "extra", "help",
]);

/** The literal texts that a value may be: through conditions, sums and templates, not into calls. */
function literals(node: unknown): { text: string; at: number }[] {
  if (!isNode(node)) return [];
  switch (node.type) {
    case "Literal":
      return typeof node["value"] === "string" ? [{ text: node["value"], at: node.start }] : [];
    case "TemplateLiteral":
      return (node["quasis"] as Node[]).map((q) => ({ text: (q["value"] as { raw: string }).raw, at: q.start }));
    case "JSXExpressionContainer":
      return literals(node["expression"]);
    case "ConditionalExpression":
      return [...literals(node["consequent"]), ...literals(node["alternate"])];
    case "LogicalExpression":
    case "BinaryExpression":
      return /^(&&|\|\||\?\?|\+)$/.test(String(node["operator"])) ? [...literals(node["left"]), ...literals(node["right"])] : [];
    default:
      return [];
  }
}

const nameOf = (node: unknown): string => (isNode(node) ? String(node["name"] ?? node["value"] ?? "") : "");

/** Texts for people that stand in a source, each with its line. What parts of code are called is no text: it is shown as code. */
export function textsIn({ path, text, program }: Source): string[] {
  const found: string[] = [];
  const tell = (at: number, said: string) => found.push(`${path}:${text.slice(0, at).split("\n").length}: ${said.trim()}`);
  walk(program, (node, above) => {
    const parent = above.at(-1);
    if (node.type === "JSXText" && letters.test(String(node["value"]))) {
      if (!/^(kbd|code)$/.test(nameOf((parent?.["openingElement"] as Node | undefined)?.["name"]))) tell(node.start, String(node["value"]));
    } else if (node.type === "JSXExpressionContainer" && parent?.type === "JSXElement") {
      for (const l of literals(node)) if (letters.test(l.text)) tell(l.at, l.text);
    } else if (read.has(nameOf({ JSXAttribute: node["name"], Property: node["key"] }[node.type]))) {
      const own = nameOf(node["key"]); // title: "title" names a part
      for (const l of literals(node["value"])) if (letters.test(l.text) && l.text !== own) tell(l.at, l.text);
    } else if ((node.type === "Literal" || node.type === "TemplateElement") && chinese.test(text.slice(node.start, Number(node["end"])))) {
      tell(node.start, text.slice(node.start, Number(node["end"])));
    }
  });
  return [...new Set(found)];
}

const colour = /#[\da-f]{3}(?:[\da-f]{3}(?:[\da-f]{2})?)?\b(?=["'`; ])|\b(?:rgba?|hsla?)\(\s*\d/gi;

/** Raw colours in a source, each with its line: pages take theirs from the theme. */
export function coloursIn({ path, text }: Source): string[] {
  return [...text.matchAll(colour)].map((m) => `${path}:${text.slice(0, m.index).split("\n").length}: ${m[0]}`);
}

/** What a source takes from the words of folders: by module and name the entries in use, "*" where any of them may be. */
export function usedIn({ path, program }: Source): { module: string; name: string; entry: string }[] {
  const names = new Map<string, { module: string; name: string }>();
  walk(program, (node) => {
    const from = node.type === "ImportDeclaration" ? nameOf(node["source"]) : "";
    if (!/(^|\/)words$/.test(from)) return;
    const module = `${new URL(from, `file:///${path}`).pathname.slice(1)}.ts`;
    for (const s of node["specifiers"] as Node[]) names.set(nameOf(s["local"]), { module: `./${module}`, name: nameOf(s["imported"]) });
  });
  const said = new Set<string>();
  walk(program, (node) => node.type === "Literal" && typeof node["value"] === "string" && said.add(node["value"]));
  walk(program, (node) => node.type === "Property" && said.add(nameOf(node["key"])));
  const used: { module: string; name: string; entry: string }[] = [];
  walk(program, (node, above) => {
    const of = node.type === "Identifier" ? names.get(nameOf(node)) : undefined;
    const parent = above.at(-1);
    if (!of || parent?.type.startsWith("Import")) return;
    if (parent?.type === "MemberExpression" && parent["property"] === node && !parent["computed"]) return; // another's words
    const member = parent?.type === "MemberExpression" && parent["object"] === node ? parent : undefined;
    const keyed = parent?.type === "TSTypeQuery" || (parent?.type === "Property" && parent["key"] === node && parent["value"] !== node);
    if (keyed) return;
    if (!member) used.push({ ...of, entry: "*" });
    else if (!member["computed"]) used.push({ ...of, entry: nameOf(member["property"]) });
    else for (const entry of said) used.push({ ...of, entry }); // one of those that the source names
  });
  return used;
}
