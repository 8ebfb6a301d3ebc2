import type { Coding, Reference, Resource } from "../../api/fhir";
import { isMembers } from "../../resource/shape";
import { nameOf } from "../../resource/summary";
import type { Text } from "../../words";
import { documents } from "./words";

/** A document by whose number a person is known. */
export interface Paper {
  kind: Text;
  number: string;
}

/** What identifies a person, as far as the record has it. */
export interface Identity {
  called: string;
  sex: string; // a code, "" if it is not known
  born: string; // "" if it is not known
  papers: Paper[]; // the usual one first
  card: Paper | undefined; // the health card
  institution: { called: string; phone: string } | undefined; // that keeps the record
  doctor: string; // of the family, "" if none is on record
}

interface Numbered {
  use?: string;
  system?: string;
  value?: string;
  type?: { text?: string; coding?: Coding[] };
  period?: { end?: string };
}

const kinds = "urn:yitong:codesystem:identity-document";
const healthCard = "109";

/** Kinds of documents whose numbers have a system of their own. */
const numbered: Record<string, keyof typeof documents> = {
  "urn:oid:2.16.156.10011.1.3": "01",
  "urn:oid:2.16.156.10011.1.2": "110",
  "urn:yitong:identifier:birth-certificate": "111",
};

const known = (code: string | undefined): code is keyof typeof documents => code !== undefined && Object.hasOwn(documents, code);

function codeOf({ system, type }: Numbered): keyof typeof documents | undefined {
  const named = type?.coding?.find((c) => c.system === kinds)?.code;
  return known(named) ? named : numbered[system ?? ""];
}

/** What a document is called: by its kind, else as the institution wrote it. */
function kindOf(paper: Numbered): Text {
  const code = codeOf(paper);
  if (code) return documents[code];
  const written = paper.type?.text ?? paper.type?.coding?.find((c) => c.display)?.display;
  return written ? [written, written] : documents["99"];
}

/** What identifies a person, read from their Patient and the resources that came with it. A service for electronic health codes adds to it here. */
export function identityOf(patient: Resource, beside: ReadonlyMap<string, Resource>, today: string): Identity {
  const all = ((patient["identifier"] ?? []) as Numbered[]).filter((i) => i.value && i.use !== "old" && (i.period?.end ?? "9999").slice(0, 10) >= today);
  const papers = all.filter((i) => codeOf(i) !== healthCard).sort((a, b) => Number(b.use === "official") - Number(a.use === "official"));
  const paper = (i: Numbered): Paper => ({ kind: kindOf(i), number: i.value ?? "" });
  const card = all.find((i) => codeOf(i) === healthCard);
  const doctors = (patient["generalPractitioner"] ?? []) as Reference[];
  const named = (r: Reference) => r.display ?? nameOf(beside.get(r.reference ?? "")?.["name"] as { text?: string }[] | undefined);
  return {
    called: nameOf(patient["name"] as { text?: string }[] | undefined),
    sex: String(patient["gender"] ?? ""),
    born: String(patient["birthDate"] ?? ""),
    papers: papers.map(paper),
    card: card && paper(card),
    institution: keeperOf(patient, beside),
    doctor: doctors.filter((d) => !d.reference?.startsWith("Organization/")).map(named).find(Boolean) ?? "",
  };
}

function keeperOf(patient: Resource, beside: ReadonlyMap<string, Resource>): Identity["institution"] {
  const keeper = patient["managingOrganization"] as Reference | undefined;
  const institution = beside.get(keeper?.reference ?? "");
  const called = institution && typeof institution["name"] === "string" ? institution["name"] : keeper?.display;
  if (!called) return undefined;
  const telecom = ((institution?.["telecom"] ?? []) as unknown[]).filter(isMembers);
  return { called, phone: String(telecom.find((c) => c["system"] === "phone")?.["value"] ?? "") };
}

const endsMost = 4; // characters that are shown at each end
const hiddenMost = 6; // dots for what is hidden, however long it is

/** A number with all but its ends hidden, of which a short one shows less. */
export function maskedOf(number: string): string {
  const ends = Math.min(endsMost, Math.floor(number.length / 4));
  return number.slice(0, ends) + "•".repeat(Math.min(number.length - 2 * ends, hiddenMost)) + number.slice(number.length - ends);
}
