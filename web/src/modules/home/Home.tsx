import { lazy } from "react";
import { commanders, people } from "../../app/places";
import { useActing } from "../../app/session";
import ResidentHome from "./ResidentHome";
import StaffHome from "./StaffHome";

const Board = lazy(() => import("../board/Board"));

/** Where everybody begins. */
export default function Home() {
  const { role } = useActing();
  if (people.some((r) => r === role)) return <ResidentHome />;
  return commanders.some((r) => r === role) ? <Board /> : <StaffHome />;
}
