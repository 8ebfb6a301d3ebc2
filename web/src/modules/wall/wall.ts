import { useQuery } from "@tanstack/react-query";
import { operate, type Output } from "../../api/parameters";
import { useActing } from "../../app/session";

/** What the wall of a department shows. */
export type Board = Output<"HealthcareService/[id]/$queue-board">;

/** What is said of a call. */
export type Speech = Board["speech"][number];

const often = 3_000; // ms between looks

/** What the wall of a department shows, as it was when the server was last reached. */
export function useBoard(department: string) {
  const { source } = useActing();
  return useQuery({
    queryKey: ["queue", "wall", source, department],
    queryFn: async ({ signal }) => (await operate("HealthcareService/[id]/$queue-board", {}, { id: department, signal })).data,
    refetchInterval: often,
    refetchIntervalInBackground: true,
    retry: false, // it is asked again anyway
  });
}

/** What has not been said yet, the oldest first. */
export const unsaid = (all: readonly Speech[], said: ReadonlySet<string>): Speech[] => all.filter((s) => !said.has(s.id));

/** Where who scans the code of a board comes to; the code stands where no server is told of it. */
export const checkInAt = (origin: string, code: string): string => `${origin}/app/waiting#${encodeURIComponent(code)}`;
