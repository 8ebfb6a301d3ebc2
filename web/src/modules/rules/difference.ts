import type { Line } from "./rules";

/** How a draft differs from what stands in one row. */
export interface Change {
  kind: "added" | "removed" | "changed";
  before?: Line;
  after?: Line;
}

/** Whether a region is another or stands in it. */
export function within(code: string, scope: string): boolean {
  if (scope === "" || code === scope) return true;
  if (code === "") return false;
  return scope.endsWith("0000") ? code.slice(0, 2) === scope.slice(0, 2) : scope.endsWith("00") && code.slice(0, 4) === scope.slice(0, 4);
}

const place = (l: Line) => [l.region, ...l.keys, l.from].join("\u0000");
const same = (a: Line, b: Line) => a.to === b.to && a.value === b.value && a.source === b.source;
const byPlace = (a: Line, b: Line) => (place(a) < place(b) ? -1 : 1);

/**
 * What a version for a region changes of the rows that stand: rows are the same if region, keys and first day are, and else one that has
 * gone and one that has come with the same region, keys and value are one whose days have moved.
 */
export function difference(standing: Line[], draft: Line[], region: string): Change[] {
  const old = new Map(standing.filter((l) => within(l.region, region)).map((l) => [place(l), l]));
  const changes: Change[] = [];
  const come: Line[] = [];
  for (const after of draft) {
    const before = old.get(place(after));
    old.delete(place(after));
    if (!before) come.push(after);
    else if (!same(before, after)) changes.push({ kind: "changed", before, after });
  }
  for (const after of come) {
    const moved = [...old.values()].find((b) => b.region === after.region && b.keys.join() === after.keys.join() && b.value === after.value && b.to === after.to);
    if (moved) old.delete(place(moved));
    changes.push(moved ? { kind: "changed", before: moved, after } : { kind: "added", after });
  }
  for (const before of old.values()) changes.push({ kind: "removed", before });
  const line = (c: Change) => c.after ?? c.before;
  return changes.sort((a, b) => {
    const [x, y] = [line(a), line(b)];
    return x && y ? byPlace(x, y) : 0;
  });
}
