import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { callOf, idOf, inWords, useBeginnings, useInbox, useResidents } from "../../modules/cases/cases";
import { masked, numberOf } from "../../modules/residents/Banner";
import { find } from "../../modules/residents/find";
import { bodyOf, understand } from "../../modules/residents/understand";
import { codeOf } from "../../resource/codes";
import { nameOf, titleOf } from "../../resource/summary";
import { dateOf } from "../../words/dates";
import { iconOf } from "../icons";
import { useKeyboard } from "../keys/keyboard";
import { people, placesOf } from "../places";
import { useActing, useSay, useSessionMoves, useWho } from "../session";
import { roles } from "../words";
import { fitting } from "./fit";
import { words } from "./words";

/** Something that the palette offers. */
export interface Item {
  id: string;
  text: string;
  more?: string;
  icon?: ReactNode;
  keys?: string;
  kept?: boolean; // stands among the recent ones: nothing that names people does
  by: readonly string[]; // what it is found by
  does: () => void;
}

/** The places of the role to which one can go without knowing more. */
export function usePlaces(): Item[] {
  const t = useSay();
  const go = useNavigate();
  const { role } = useActing();
  return placesOf(role)
    .filter((p) => !p.path.includes(":"))
    .map((p) => ({
      id: `place:${p.path}`, text: t(p.words), icon: iconOf(p.icon ?? "go"), ...(p.key && { keys: `g ${p.key}` }), kept: true,
      by: [...p.words, p.path], does: () => void go(`/${p.path}`),
    }));
}

/** What one can do anywhere: begin a matter, act as something else, change the look, sign out. */
export function useActions(): Item[] {
  const t = useSay();
  const go = useNavigate();
  const who = useWho();
  const acting = useActing();
  const { help } = useKeyboard();
  const { turn, end, look } = useSessionMoves();
  const begins = people.some((r) => r === acting.role);
  const beginnings = useBeginnings(begins).data;
  const en = who.language === "en";
  return [
    ...(begins ? (beginnings ?? []) : []).map((m) => {
      const looked = m.process === "access-question"; // a line of the trail is chosen where one reads it
      const to = looked ? "/looked" : `/matters/begin?process=${m.process ?? ""}`;
      const text = t(words.begin, callOf(m, who.language));
      return { id: `begin:${m.process}`, text, icon: iconOf("check"), kept: true, by: [m.zh, m.en, text], does: () => void go(to) };
    }),
    ...(who.can ?? []).filter((c) => c.source !== acting.source).map((c) => ({
      id: `act:${c.source}`, text: t(words.actAs, t(roles[c.role])), ...(c.where && { more: c.where }), icon: iconOf("acting"),
      by: [...roles[c.role], ...words.actAs.map((w) => w.replace("{0}", "")), c.where ?? ""], does: () => void turn(c.source),
    })),
    {
      id: "language", text: t(words.language), icon: iconOf("language"), kept: true, by: words.language,
      does: () => void look(en ? "lang=zh-CN" : "lang=en"),
    },
    {
      id: "size", text: t(who.large ? words.usual : words.large), icon: iconOf("size"), kept: true, by: [...words.usual, ...words.large],
      does: () => void look(who.large ? "size=usual" : "size=large"),
    },
    { id: "keys", text: t(words.keys), icon: iconOf("keys"), keys: "?", kept: true, by: words.keys, does: help },
    {
      id: "account", text: t(words.account), icon: iconOf("accounts"), kept: true, by: words.account,
      does: () => window.location.assign("/auth/me"),
    },
    { id: "end", text: t(words.signOut), icon: iconOf("end"), by: words.signOut, does: () => void end() },
  ];
}

const mostCases = 6;

/** The cases of one's inbox, or one's matters, that are found by their name, state, resident or number. */
export function useCases(typed: string): { items: Item[]; pending: boolean } {
  const go = useNavigate();
  const { language } = useWho();
  const acting = useActing();
  const wanted = typed !== "";
  const box = useInbox({ of: people.some((r) => r === acting.role) ? "begun" : "mine" }, wanted);
  const places = (box.data?.pages ?? []).flatMap((p) => p.case);
  const residents = useResidents(wanted ? places : []).data ?? {};
  if (!wanted) return { items: [], pending: false };
  const all = places.map((place): Item => {
    const resident = residents[place.resident ?? ""];
    const whom = resident ? titleOf(resident, language) : "";
    const [id, name] = [idOf(place.case), inWords(place, "process", language)];
    return {
      id: place.case, text: [name, whom].filter(Boolean).join(" · "), more: inWords(place, "state", language), icon: iconOf("inbox"),
      by: [place["process-zh"], place["process-en"], place["state-zh"], place["state-en"], whom, id, `${name} ${whom}`],
      does: () => void go(`/cases/${id}`),
    };
  });
  return { items: fitting(all, typed).slice(0, mostCases), pending: box.isPending };
}

const mostResidents = 8;

/** Whether enough was typed to look for residents: less would find half of them, and each look is on record. */
export function enough(typed: string): boolean {
  const understood = understand(typed);
  return understood !== undefined && understood.value.length >= { name: 2, phonetic: 3, identifier: 4, phone: 11 }[understood.parameter];
}

/** Residents, for those who may look for them. What was typed and found is gone with the palette. */
export function useFoundResidents(typed: string): { items: Item[]; pending: boolean; error: Error | null } {
  const go = useNavigate();
  const { language } = useWho();
  const { role, source } = useActing();
  const mine = placesOf(role).map((p) => p.path);
  const understood = understand(typed);
  const enabled = mine.includes("residents") && enough(typed);
  const found = useQuery({
    queryKey: ["palette", "residents", source, typed],
    queryFn: async ({ signal }) => {
      return understood ? (await find({ by: understood, body: bodyOf(understood), before: [], signal })).residents : [];
    },
    enabled,
    gcTime: 0,
    retry: false,
  });
  const opens = mine.includes("residents/:id");
  const items = (enabled ? (found.data ?? []) : []).slice(0, mostResidents).map((p): Item => ({
    id: `resident:${p.id}`,
    text: nameOf(p["name"] as { text?: string }[]),
    more: [codeOf(String(p["gender"] ?? ""), language), dateOf(String(p["birthDate"] ?? ""), language), masked(numberOf(p))]
      .filter(Boolean)
      .join(" · "),
    icon: iconOf("people"),
    by: [],
    does: () => void go(opens ? `/residents/${p.id}` : `/record/Patient/${p.id}`),
  }));
  return { items, pending: enabled && found.isPending, error: enabled ? found.error : null };
}
