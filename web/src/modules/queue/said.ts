import type { Text } from "../../words";
import type { Ending, Priority, State } from "./queue";
import { endings, priorities, states, statesOfMine } from "./words";

/** What is said of each state, reason to come first, and ending that there is. */
export const said: { state: Record<State, Text>; mine: Record<State, Text>; priority: Record<Priority, Text>; ending: Record<Ending, Text> } = {
  state: states, mine: statesOfMine, priority: priorities, ending: endings,
};
