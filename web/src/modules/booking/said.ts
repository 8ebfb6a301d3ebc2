import type { Text } from "../../words";
import type { Standing, State, Why } from "./booking";
import type { Draw } from "./wishes";
import { drawStates, reasons, standings, states } from "./words";

/** What is said of each standing, state and reason that there is, and of draws. */
export const said: { standing: Record<Standing, Text>; state: Record<State, Text>; why: Record<Why, Text>; draw: Record<Draw["state"], Text> } = { standing: standings, state: states, why: reasons, draw: drawStates };
