/** A number whose digits say more than its value, such as 5.60. */
export class Exact {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** A place in a JSON text: what stands there, from which line on, and what it holds. */
export interface Spot {
  line: number; // from 1
  value: unknown; // numbers whose digits say more than their value are Exact
  members?: Map<string, Spot>;
  items?: Spot[];
}

/** A text that is no JSON, and in which line. */
export class NotJSON extends Error {
  constructor(readonly line: number) {
    super(`line ${line}`);
  }
}

const token = /\s*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/y;
const depthMost = 200;

/** Reads a JSON text with the lines of all that is in it. What is no JSON is thrown as [NotJSON]. */
export function parse(text: string): Spot {
  let at = 0;
  let line = 1;
  let counted = 0;
  const count = (until: number) => {
    for (; counted < until; counted++) if (text[counted] === "\n") line++;
  };
  const next = (): RegExpExecArray => {
    token.lastIndex = at;
    const found = token.exec(text);
    count(found ? token.lastIndex - (found[1] ?? found[2] ?? found[3] ?? found[4] ?? "").length : at + text.slice(at).search(/\S|$/));
    if (!found) throw new NotJSON(line);
    at = token.lastIndex;
    return found;
  };
  const wrong = (): never => {
    throw new NotJSON(line);
  };
  const value = (found: RegExpExecArray, depth: number): Spot => {
    const [, mark, string, number, word] = found;
    if (depth > depthMost) return wrong();
    if (mark === "{") return object(depth);
    if (mark === "[") return array(depth);
    if (string !== undefined) return { line, value: JSON.parse(string) as string };
    if (number !== undefined) return { line, value: String(Number(number)) === number ? Number(number) : new Exact(number) };
    return word === undefined ? wrong() : { line, value: JSON.parse(word) as boolean | null };
  };
  const object = (depth: number): Spot => {
    const spot: Spot = { line, value: {}, members: new Map() };
    for (let found = next(); found[1] !== "}"; found = next()) {
      if (spot.members?.size) found = found[1] === "," ? next() : wrong();
      const name = found[2] === undefined ? wrong() : (JSON.parse(found[2]) as string);
      const from = line;
      if (next()[1] !== ":") wrong();
      const member = { ...value(next(), depth + 1), line: from };
      spot.members?.set(name, member);
      Object.defineProperty(spot.value, name, { value: member.value, enumerable: true, configurable: true, writable: true });
    }
    return spot;
  };
  const array = (depth: number): Spot => {
    const items: Spot[] = [];
    const spot = { line, value: [] as unknown[], items };
    for (let found = next(); found[1] !== "]"; found = next()) {
      if (items.length) found = found[1] === "," ? next() : wrong();
      const item = value(found, depth + 1);
      items.push(item);
      spot.value.push(item.value);
    }
    return spot;
  };
  const root = value(next(), 0);
  const behind = text.slice(at).search(/\S/);
  if (behind < 0) return root;
  count(at + behind);
  return wrong();
}

/** Reads a JSON text as JSON.parse does, but for its numbers' digits. */
export const exactly = (text: string): unknown => parse(text).value;

/** Prints what was read, numbers with their own digits. */
export function print(value: unknown, indent = ""): string {
  const deeper = `${indent}  `;
  if (value instanceof Exact) return value.text;
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[\n${value.map((v) => deeper + print(v, deeper)).join(",\n")}\n${indent}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, v]) => `${deeper}${JSON.stringify(name)}: ${print(v, deeper)}`);
    return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
  }
  return JSON.stringify(value);
}
