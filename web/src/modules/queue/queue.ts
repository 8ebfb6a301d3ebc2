import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Address, type Calling, type Input, operate, type Output } from "../../api/parameters";
import { useActing } from "../../app/session";

/** The rooms of an institution, and in which of them one sits. */
export type Rooms = Output<"Location/$rooms">;

/** A room as those see it who work there. */
export type Room = Rooms["room"][number];

/** Who waits where, as staff see it. */
export type Line = Output<"Location/$line">;

/** A ticket as staff see it. */
export type Entry = Line["waiting"][number];

/** Where the person of the session stands today. */
export type Mine = Output<"Encounter/$my-queue">;

/** A ticket as its person sees it. */
export type MyTicket = Mine["ticket"][number];

/** A visit of today that one can check in for. */
export type MyVisit = Mine["visit"][number];

/** How a ticket stands. */
export type State = Entry["state"];

/** Why somebody comes first. */
export type Priority = NonNullable<Entry["priority"]>;

/** What becomes of who is in a room when the next one is called. */
export type Ending = NonNullable<Input<"Location/[id]/$next">["ends"]>;

/** How long a wait may be, in minutes. */
export type Wait = NonNullable<Line["wait"]>;

const often = 5_000; // ms between looks where people call and are called
const seldom = 15_000; // ms between looks where one waits, or looks after rooms
const rarely = 60_000; // ms between looks where nothing happens before one does something

/** Whether nothing more comes of a ticket. */
export const isOver = (state: State): boolean => state === "done" || state === "left";

/** The id of a reference. */
export const idOf = (reference: string): string => reference.split("/")[1] ?? "";

/** The rooms of one's institution. */
export function useRooms() {
  const { source } = useActing();
  return useQuery({
    queryKey: ["queue", "rooms", source],
    queryFn: async ({ signal }) => (await operate("Location/$rooms", {}, { signal })).data,
    refetchInterval: seldom,
  });
}

/** Who waits for a room, or in a queue. */
export function useLine(of: Input<"Location/$line">, on = true) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["queue", "line", source, of.room ?? "", of.queue ?? ""],
    enabled: on,
    queryFn: async ({ signal }) => (await operate("Location/$line", of, { signal })).data,
    refetchInterval: often,
  });
}

/** Where the person of the session stands today. */
export function useMine() {
  const { source } = useActing();
  return useQuery({
    queryKey: ["queue", "mine", source],
    queryFn: async ({ signal }) => (await operate("Encounter/$my-queue", {}, { signal })).data,
    refetchInterval: ({ state: { data } }) => (data?.ticket.some((one) => !isOver(one.state)) ? seldom : data?.visit.length ? rarely : false),
  });
}

/** What is done about a room or a ticket: what to call, of what, with what. */
export interface Act<A extends Address = Address> {
  at: A;
  of: string; // the reference of the room or the ticket
  given: Input<A>;
}

/** Names what is done. */
export const act = <A extends Address>(at: A, of: string, given: Input<A>): Act<A> => ({ at, of, given });

/** Does something about a room or a ticket; who stands where is looked at anew, also where somebody else was quicker. */
export function useAct() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ at, of, given }: Act) => (await operate(at, given, { id: idOf(of) } as Calling<typeof at>)).data,
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["booking"] });
      void client.invalidateQueries({ queryKey: ["queue"], predicate: (q) => q.queryKey[1] !== "line" });
      return client.invalidateQueries({ queryKey: ["queue", "line"] }); // from which follows what can be done next
    },
  });
}

/** The queues to which people can be moved: departments, and doctors who sit. */
export function queuesOf(rooms: readonly Room[]): { value: string; label: string }[] {
  const all = new Map<string, string>();
  for (const r of rooms) all.set(r.department.reference, r.department.display);
  for (const r of rooms) if (r.doctor) all.set(r.doctor.reference, `${r.doctor.display} · ${r.location.display}`);
  return [...all].map(([value, label]) => ({ value, label }));
}

/** The rooms of each department, by its name. */
export function departmentsOf(rooms: readonly Room[]): { reference: string; name: string; rooms: Room[] }[] {
  const all = new Map<string, { reference: string; name: string; rooms: Room[] }>();
  for (const r of rooms) {
    const of = all.get(r.department.reference) ?? { reference: r.department.reference, name: r.department.display, rooms: [] };
    of.rooms.push(r);
    all.set(of.reference, of);
  }
  return [...all.values()].sort((a, b) => a.name.localeCompare(b.name, "zh-CN"));
}

/** How many of the same queue are called before somebody; undefined for who does not wait. */
export function aheadIn(waiting: readonly Entry[], of: Entry): number | undefined {
  const own = waiting.filter((e) => e.queue.reference === of.queue.reference);
  const at = own.findIndex((e) => e.ticket === of.ticket);
  return at < 0 ? undefined : at;
}
