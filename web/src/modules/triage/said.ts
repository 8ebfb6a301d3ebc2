import type { Text } from "../../words";
import type { Result } from "./triage";
import { advice, cares, urgencies } from "./words";

/** What is said of each urgency and level of care that there is. */
export const said: { urgency: Record<Result["urgency"], Text>; advice: Record<Result["urgency"], Text>; care: Record<Result["care"], Text> } = { urgency: urgencies, advice, care: cares };
