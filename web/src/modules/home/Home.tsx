import { people } from "../../app/places";
import { useActing } from "../../app/session";
import ResidentHome from "./ResidentHome";
import StaffHome from "./StaffHome";

/** Where everybody begins. */
export default function Home() {
  const { role } = useActing();
  return people.some((r) => r === role) ? <ResidentHome /> : <StaffHome />;
}
