import { print } from "../../resource/json/parse";
import { shapeOf } from "../../resource/shape";

/** One place in which two versions of a resource differ; path is that of FHIRPath behind the type. */
export interface Change {
  path: string;
  kind: "added" | "removed" | "changed";
  before?: unknown;
  after?: unknown;
}

type Members = Record<string, unknown>;

const isObject = (value: unknown): value is Members => typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const kept = new Set(["versionId", "lastUpdated", "id", "resourceType"]); // what says which version it is

/** What differs between two versions of a resource, in the order of the later one; what says which version it is does not count. */
export function difference(before: Members, after: Members): Change[] {
  const out: Change[] = [];
  members(clean(before), clean(after), "", out);
  return out;
}

function clean({ id: _id, resourceType: _type, meta, ...rest }: Members): Members {
  const stays = isObject(meta) ? Object.fromEntries(Object.entries(meta).filter(([name]) => !kept.has(name))) : {};
  return Object.keys(stays).length > 0 ? { ...rest, meta: stays } : rest;
}

function members(before: Members, after: Members, path: string, out: Change[]) {
  for (const name of new Set([...Object.keys(after), ...Object.keys(before)])) values(before[name], after[name], path ? `${path}.${name}` : name, out);
}

function values(before: unknown, after: unknown, path: string, out: Change[]) {
  if (before === undefined) out.push({ path, kind: "added", after });
  else if (after === undefined) out.push({ path, kind: "removed", before });
  else if (same(before, after)) return;
  else if (Array.isArray(before) && Array.isArray(after)) items(before, after, path, out);
  else if (isObject(before) && isObject(after) && parted(after, path)) members(before, after, path, out);
  else out.push({ path, kind: "changed", before, after });
}

/** Whether a value is compared part by part: a concept, a quantity or a name is read, and so told, as one. */
const parted = (value: Members, path: string) => ["parts", "resource"].includes(shapeOf(value, path.slice(path.lastIndexOf(".") + 1).replace(/\[\d+\]$/, "")));

/** Lists: items that both have are set aside, wherever they stand; the rest is compared one by one. */
function items(before: unknown[], after: unknown[], path: string, out: Change[]) {
  const gone = before.map((value, i) => ({ value, i }));
  const come: { value: unknown; i: number }[] = [];
  for (const [i, value] of after.entries()) {
    const at = gone.findIndex((g) => same(g.value, value));
    if (at >= 0) gone.splice(at, 1);
    else come.push({ value, i });
  }
  for (let n = 0; n < Math.max(gone.length, come.length); n++) values(gone[n]?.value, come[n]?.value, `${path}[${come[n]?.i ?? gone[n]?.i}]`, out);
}

/** Whether two values are the same to the last digit; the order of members does not count. */
function same(a: unknown, b: unknown): boolean {
  if (isObject(a) && isObject(b)) {
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every((n) => n in b && same(a[n], b[n]));
  }
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((v, i) => same(v, b[i]));
  return a === b || (a !== undefined && b !== undefined && print(a) === print(b));
}
