import type { Resource } from "../../api/fhir";
import type { Values } from "../../parts/form/values";
import { type Result, standingOf } from "../../resource/results";
import { gistOf, titleOf, whenOf } from "../../resource/summary";
import { type Language, say } from "../../words";
import { dateOf, dayOf } from "../../words/dates";
import { newestFirst } from "../residents/kinds";
import { listed } from "../../words/list";
import type { Way } from "./agreements";
import { nameOf, stands, usualOf } from "./attach";
import { type Kept, sectionsOf } from "./kept";
import { words } from "./words";

const recently = 180; // days
const findingsMost = 6;

/** The text of a narrative that our own letters have. */
function plain(div: string): string {
  const read = new DOMParser().parseFromString(div.replaceAll(/<br\s*\/>/g, "\n"), "application/xhtml+xml");
  return read.querySelector("parsererror") ? "" : (read.documentElement.textContent ?? "").trim();
}

/** What a letter begins with: what the last one said where it was returned; else the problem and what stands beside it, vital signs and what was abnormal of late, and what was asked. */
export function prefillOf(way: Way, kept: Kept, focus: Resource | undefined, all: Resource[], letter: Resource | undefined, now: Date, language: Language): Values {
  const before = new Map(sectionsOf(letter).map((s) => [s.code, s]));
  if (letter) {
    const text = (code: string) => plain(before.get(code)?.div ?? "");
    const common = { history: text("10164-2"), findings: text("29545-1"), attached: [...before.values()].flatMap((s) => s.entries) };
    return way === "up"
      ? { ...common, conclusion: text("42349-1"), "referral-question": text("18776-5") }
      : { ...common, plan: text("18776-5"), "follow-up": kept.followUps.filter((d) => d > dayOf(now.toISOString())) };
  }
  const dated = (r: Resource) => {
    const when = whenOf(r);
    return when ? say(words.since, language, titleOf(r, language), dateOf(dayOf(when), language)) : titleOf(r, language);
  };
  const beside = all.filter((r) => r.resourceType === "Condition" && stands(r) && nameOf(r) !== (focus && nameOf(focus)));
  const history = [focus && say(words.about, language, dated(focus)), beside.length > 0 && say(words.beside, language, listed(beside.map(dated), language))].filter(Boolean).join("\n");
  const start = new Date(now.getTime() - recently * 86_400_000).toISOString().slice(0, 10);
  const seen = new Set<string>();
  const told = (r: Resource) => JSON.stringify(r["category"] ?? "").includes('"vital-signs"') || standingOf(r as Result, language)?.abnormal;
  const lately = newestFirst(all.filter((r) => r.resourceType === "Observation" && whenOf(r) >= start && told(r)))
    .filter((r) => !seen.has(titleOf(r, language)) && seen.add(titleOf(r, language)))
    .slice(0, findingsMost);
  const findings = lately.map((r) => say(words.finding, language, dateOf(dayOf(whenOf(r)), language), titleOf(r, language), gistOf(r, language), standingOf(r as Result, language)?.words ?? "").trim()).join("\n");
  const common = { history, findings, attached: usualOf(all, now) };
  return way === "up" ? { ...common, conclusion: kept.opinions.at(-1) ?? "", "referral-question": kept.question } : { ...common, plan: "", "follow-up": [] };
}
