import type { Processes } from "../../api/declared";
import type { Resource } from "../../api/fhir";
import { fieldOf } from "../../parts/form/named";
import type { Field } from "../../parts/form/schema";
import { titleOf, whenOf } from "../../resource/summary";
import { type Language, say, type Text } from "../../words";
import { dateOf, dayOf } from "../../words/dates";
import type { Way } from "./agreements";
import { attachable, attachedMost, nameOf } from "./attach";
import { followUpsMost } from "./days";
import { words } from "./words";

type Up = Processes["referral-up"]["moves"];
type Down = Processes["referral-down"]["moves"];
type Name = keyof (Up["consult"] & Up["refer"] & Down["assess"] & Down["refer"]);

const text = (bytes: number, doc?: Text) => ({ kind: "text", member: "valueString", bytes, doc }) as const;
const code = (codes: [code: string, text: Text][]) => ({ kind: "code", member: "valueCode", codes }) as const;
const reference = (...targets: string[]) => ({ kind: "reference", member: "valueReference", targets }) as const;

interface Asked extends Partial<Omit<Field, "doc" | "codes">> {
  doc?: Text | undefined;
  codes?: [code: string, text: Text][];
}

/** A field in somebody's language; it has to be filled in unless told. */
function field(language: Language, name: Name | "course", label: Text, { doc, codes, ...more }: Asked): Field {
  const known = codes?.map(([code, text]) => ({ code, label: say(text, language) }));
  return fieldOf(name, say(label, language), { required: true, doc: doc ? say(doc, language) : "", codes: known, ...more });
}

/** What a problem is called where one chooses it. */
function calledOf(r: Resource, language: Language): string {
  const when = whenOf(r) && dateOf(dayOf(whenOf(r)), language);
  const text = r.resourceType === "Encounter" ? words.aVisit : words.aProblem;
  return say(text, language, titleOf(r, language), when || say(words.undated, language));
}

/** For what one refers, and how urgent it is. */
export function problemFields(way: Way, about: Resource[], language: Language): Field[] {
  const codes = about.map((r) => ({ code: nameOf(r), label: calledOf(r, language) }));
  const chosen = { required: true, kind: "code", member: "valueReference", codes } as const;
  const problem = fieldOf("problem" satisfies Name, say(words.problem, language), chosen);
  if (way === "down") return [problem];
  const urgencies = code([["routine", words.routine], ["urgent", words.urgent], ["stat", words.green]]);
  return [problem, field(language, "urgency", words.urgency, urgencies)];
}

/** A field as it is sent: references are, though they are chosen as codes are. */
export const asSent = (f: Field): Field => (f.member === "valueReference" ? { ...f, kind: "reference" } : f);

/** Whether a colleague is asked first; this field is not sent. */
export const courseField = (language: Language): Field =>
  field(language, "course", words.course, code([["letter", words.courseLetter], ["colleague", words.courseColleague]]));

/** What a colleague is asked. */
export const colleagueFields = (language: Language): Field[] => [
  field(language, "question", words.question, text(2000, words.questionHelp)),
  field(language, "colleague", words.colleague, reference("PractitionerRole")),
];

/** How the patient is, on the way down. */
export const assessmentField = (language: Language): Field =>
  field(language, "assessment", words.assessment, text(4000, words.assessmentHelp));

/** What a letter says. */
export function letterFields(way: Way, language: Language): Field[] {
  const of = (name: Name, label: Text, more: Asked) => field(language, name, label, more);
  const attached = of("attached", words.attach, { ...reference(...attachable), required: false, many: true, most: attachedMost });
  if (way === "up") {
    return [
      of("conclusion", words.secReason, text(4000, words.reasonHelp)), of("department", words.departmentUp, reference("HealthcareService")),
      of("referral-question", words.purpose, text(2000, words.purposeHelp)), of("history", words.secHistory, text(4000)),
      of("findings", words.secFindings, text(4000)), attached,
    ];
  }
  const days = { kind: "date", member: "valueDate", required: false, many: true, most: followUpsMost } as const;
  const followUp = of("follow-up", words.followDays, days);
  return [
    of("department", words.departmentDown, reference("HealthcareService")), of("plan", words.planOf, text(4000)), followUp,
    of("history", words.secHistory, text(4000)), of("findings", words.present, text(4000)), attached,
  ];
}
