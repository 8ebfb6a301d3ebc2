import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { CheckIn } from "./CheckIn";
import { useMine } from "./queue";
import { TicketCard } from "./TicketCard";

/** Where one stands with a visit: its ticket, or the way to check in. */
export function OfVisit({ appointment }: { appointment: string }) {
  const mine = useMine();
  const ticket = mine.data?.ticket.find((one) => one.appointment === appointment);
  const visit = mine.data?.visit.find((one) => one.appointment === appointment);
  if (mine.error) return <Failed error={mine.error} again={() => void mine.refetch()} />;
  if (mine.isPending) return <Loading rows={4} />;
  return ticket ? <TicketCard of={ticket} /> : visit ? <CheckIn of={visit} /> : null;
}
