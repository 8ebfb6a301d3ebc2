import { type Members, type Operations, operations } from "./declared";
import { fhir, type Reference, type Resource } from "./fhir";
import type { Answer, Asked } from "./http";
import { together } from "./together";

/** A value of a parameter as forms have it: a part is an object of its own. */
export type Value = string | number | boolean | Resource | Record<string, unknown> | Value[] | undefined;

interface Parameter {
  name: string;
  part?: Parameter[];
  resource?: Resource;
  [value: string]: unknown;
}

export interface Parameters extends Resource {
  resourceType: "Parameters";
  parameter?: Parameter[];
}

/** What is read in a way of its own, by its names; of parts, behind a point. */
interface Ways {
  many: readonly string[]; // come as lists, even of one
  named: readonly string[]; // references that come with what they are called
}

/** Reads Parameters into an object by name; names in many are always lists, others where they come more than once. */
export function read<T>(from: Parameters, many: readonly string[] = [], named: readonly string[] = []): T {
  return readAll(from.parameter ?? [], { many, named }) as T;
}

function readAll(all: Parameter[], ways: Ways): Record<string, unknown> {
  const out: Record<string, unknown> = Object.fromEntries(ways.many.filter((name) => !name.includes(".")).map((name) => [name, []]));
  for (const p of all) {
    const value = valueOf(p, ways);
    const before = out[p.name];
    if (Array.isArray(before)) before.push(value);
    else out[p.name] = before === undefined ? value : [before, value];
  }
  return out;
}

function valueOf(p: Parameter, { many, named }: Ways): unknown {
  const within = (names: readonly string[]) => names.filter((name) => name.startsWith(`${p.name}.`)).map((name) => name.slice(p.name.length + 1));
  if (p.part) return readAll(p.part, { many: within(many), named: within(named) });
  if (p.resource) return p.resource;
  const member = Object.keys(p).find((key) => key.startsWith("value"));
  const value = member ? p[member] : undefined;
  if (member !== "valueReference") return value;
  const { reference = "", display = "" } = value as Reference;
  return named.includes(p.name) ? { reference, display } : reference;
}

/** Where an operation is called, such as Task/[id]/$moves. */
export type Address = keyof Operations;

/** What an operation takes. */
export type Input<A extends Address> = Operations[A]["in"];

/** What an operation answers with. */
export type Output<A extends Address> = Operations[A]["out"];

interface Told extends Pick<Asked, "headers" | "signal" | "parse"> {
  posted?: true; // its values must not stand in an address
  joined?: true; // it goes with what is read at the same moment
}

/** What there is to say of a call beside what the operation takes: of which resource or type it is. */
export type Calling<A extends Address> = Told &
  (A extends `${string}[id]${string}` ? { id: string } : unknown) & (A extends `${string}[type]${string}` ? { type: string } : unknown);

/**
 * Calls an operation. What it takes and answers with is what the server declares; what only reads goes by GET where its values fit there.
 * A text in place of what it takes is sent as it is.
 */
export async function operate<A extends Address>(address: A, given: Input<A> | string, calling: Calling<A>): Promise<Answer<Output<A>>> {
  const { id = "", type = "", posted, joined, ...asked }: Told & { id?: string; type?: string } = calling;
  const { get, takes, lists, named } = operations[address];
  const path = address.replace("[type]", type).replace("[id]", encodeURIComponent(id));
  const query = get && !posted && typeof given !== "string" && queryOf(given);
  const url = query && query.size > 0 ? `${path}?${query}` : path;
  if (query && joined && lists) return { etag: "", data: read(await together<Parameters>(url, asked.signal), lists, named) };
  const answer = query
    ? await fhir<Parameters>(url, asked)
    : await fhir<Parameters>(path, { ...asked, method: "POST", body: typeof given === "string" ? given : bodyOf(given, takes) });
  return { etag: answer.etag, data: lists ? read(answer.data, lists, named) : answer.data };
}

const isSimple = (value: unknown): value is string | number | boolean => typeof value !== "object";

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined);

/** Values as a query; nothing where one of them does not fit into one. */
function queryOf(given: object): URLSearchParams | undefined {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) {
    for (const one of listOf(value)) {
      if (!isSimple(one)) return undefined;
      query.append(name, String(one));
    }
  }
  return query;
}

const bodyOf = (given: object, takes: Members): Parameters => ({ resourceType: "Parameters", parameter: parametersOf(given, takes) });

/** Values as parameters, each by its member; undefined is left out. */
function parametersOf(given: object, takes: Members): Parameter[] {
  return Object.entries(given).flatMap(([name, value]) =>
    listOf(value).map((one) => ({ name, ...memberOf(one, takes[name] ?? "valueString") })));
}

function memberOf(value: unknown, member: string | Members): Omit<Parameter, "name"> {
  if (typeof member !== "string") return { part: parametersOf(value as object, member) };
  return { [member]: member === "valueReference" ? { reference: value } : value };
}
