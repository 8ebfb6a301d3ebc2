import type { Text } from "../../words";
import type { Standing, State, Why } from "./booking";
import { reasons, standings, states } from "./words";

/** What is said of each standing, state and reason that there is. */
export const said: { standing: Record<Standing, Text>; state: Record<State, Text>; why: Record<Why, Text> } = { standing: standings, state: states, why: reasons };
