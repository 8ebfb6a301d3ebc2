import type { Text } from "../../words";
import { fitting } from "./fit";
import type { Item } from "./items";
import { words } from "./words";

/** Items that belong together, under a name. */
export interface Group {
  name: Text;
  items: Item[];
}

/** What the palette has to show; recent ones by their ids. */
interface Known {
  places: Item[];
  actions: Item[];
  cases: Item[];
  residents: Item[];
  recent: readonly string[];
}

/** What the palette shows: what one used last and everything else as long as nothing is typed, then what fits; no empty groups. */
export function groupsOf(typed: string, of: Known): Group[] {
  const known = [...of.places, ...of.actions];
  const recent = of.recent.flatMap((id) => known.find((i) => i.id === id && i.kept) ?? []);
  const rest = (items: Item[]) => items.filter((i) => !recent.includes(i));
  const groups = typed
    ? [
        { name: words.places, items: fitting(of.places, typed) },
        { name: words.cases, items: of.cases },
        { name: words.residents, items: of.residents },
        { name: words.actions, items: fitting(of.actions, typed) },
      ]
    : [
        { name: words.recent, items: recent },
        { name: words.places, items: rest(of.places) },
        { name: words.actions, items: rest(of.actions) },
      ];
  return groups.filter((g) => g.items.length > 0);
}

const mostRecent = 4;

/** What was used last, after something was used; what names people is not kept. */
export const recentAfter = (recent: readonly string[], used: Item): readonly string[] =>
  used.kept ? [used.id, ...recent.filter((id) => id !== used.id)].slice(0, mostRecent) : recent;
