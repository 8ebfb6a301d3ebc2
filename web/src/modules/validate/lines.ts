import type { Spot } from "../../resource/json/parse";

const step = /^(?:\.?([A-Za-z_]\w*)|\.?`([^`]+)`|\[(\d+)\])/;

/**
 * The line of a FHIRPath of a place in a resource, such as Observation.code.coding[0].code. Where the place itself is not there, that of what
 * it would stand in. A choice is found with and without the type of its value, a primitive's extensions beside it.
 */
export function lineOf(root: Spot, expression: string): number {
  let at = root;
  let rest = expression.replace(/^[A-Z]\w*/, "");
  while (rest) {
    const call = /^\.(?:ofType|as|resolve|first)\([^)]*\)/.exec(rest);
    if (call) {
      rest = rest.slice(call[0].length);
      continue;
    }
    const found = step.exec(rest);
    if (!found) break;
    const inner = found[3] === undefined ? member(at, found[1] ?? found[2] ?? "") : at.items?.[Number(found[3])] ?? (at.items || found[3] !== "0" ? undefined : at);
    if (!inner) break;
    at = inner;
    rest = rest.slice(found[0].length);
  }
  return at.line;
}

function member(at: Spot, name: string): Spot | undefined {
  const of = at.members ?? at.items?.[0]?.members;
  const choice = [...(of?.keys() ?? [])].find((n) => n.startsWith(name) && /^[A-Z]/.test(n.slice(name.length)));
  return of?.get(name) ?? of?.get(`_${name}`) ?? (choice === undefined ? undefined : of?.get(choice));
}
