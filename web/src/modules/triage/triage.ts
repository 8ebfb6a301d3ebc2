import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { operate, type Output } from "../../api/parameters";
import { useActing } from "../../app/session";
import type { Language } from "../../words";

export type Choices = Output<"HealthcareService/$complaints">;
export type Complaint = Choices["complaint"][number];
export type Led = Output<"HealthcareService/$triage">;
export type Question = Led["question"][number];
export type Result = NonNullable<Led["result"]>;
export type Answer = "yes" | "no" | "unsure";

/** Who has a complaint, as far as it is known. */
export interface Person {
  months?: number | undefined;
  sex?: "male" | "female" | "other" | "unknown" | undefined;
  pregnant?: boolean | undefined;
}

/** What has been said so far. */
export interface Said {
  complaint: string;
  person: Person;
  answers: Readonly<Record<string, Answer>>;
}

/** Something that the server says in both languages. */
export const inLanguage = (of: { zh: string; en: string }, language: Language): string => (language === "en" ? of.en : of.zh);

/** Whether a complaint can be that of somebody; of whom nothing is known, any can. */
export function concerns(c: Complaint, { months, sex }: Person, childBelow: number): boolean {
  if (c.whose === "male" || c.whose === "female") return sex !== "male" && sex !== "female" ? true : sex === c.whose;
  return c.whose !== "child" || months === undefined || months < childBelow;
}

/** The complaints that somebody can have, of which a name or another word has what was typed: what begins with it comes first. */
export function fitting({ complaint: all, "child-below": child }: Pick<Choices, "complaint" | "child-below">, typed: string, person: Person): Complaint[] {
  const part = typed.trim().toLowerCase();
  const mine = all.filter((c) => concerns(c, person, child));
  if (part === "") return mine;
  const begins = (c: Complaint) => c.search.split(" ").some((word) => word.startsWith(part));
  return mine.filter((c) => c.search.includes(part)).sort((a, b) => Number(begins(b)) - Number(begins(a)));
}

/** Whether a pregnancy is to be asked for, and has not been. */
export const asksPregnancy = (of: Choices, { months, sex, pregnant }: Person): boolean =>
  pregnant === undefined && sex !== "male" && months !== undefined && months >= of["pregnancy-from"] && months <= of["pregnancy-to"];

/** What comes next of what the server has said, with what was answered since: the first questions together, a question, or nothing. */
export function nextOf(of: readonly Question[], answers: Said["answers"]): { together: Question[]; left: number; one: Question | undefined } {
  const open = of.filter((q) => answers[q.sign] === undefined);
  const together = open.filter((q) => q.first);
  return { together, one: together.length > 0 ? undefined : open[0], left: open.length };
}

/** What can be chosen. */
export function useChoices() {
  const { source } = useActing();
  return useQuery({
    queryKey: ["triage", "choices", source],
    queryFn: async ({ signal }) => (await operate("HealthcareService/$complaints", {}, { signal })).data,
    staleTime: 300_000,
  });
}

/** What is to be asked, or where to go, by what was said; none of it stands in an address, and none is kept. */
export function useLead(said: Said | undefined) {
  return useQuery({
    queryKey: ["triage", "lead", said],
    enabled: said !== undefined,
    gcTime: 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const { complaint, person, answers } = said as Said;
      const sign = Object.entries(answers).map(([name, answer]) => ({ sign: name, answer }));
      return (await operate("HealthcareService/$triage", { complaint: [complaint], sign, ...person }, { signal, posted: true })).data;
    },
  });
}
