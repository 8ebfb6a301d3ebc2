import { type Values } from "./values";

const prefix = "draft:";

/** Reads what was typed and not sent, "" or undefined for nothing. It stays in this window, until it is sent or one signs out. */
export function draftOf(name: string): Values | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(prefix + name) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps what was typed. */
export function keepDraft(name: string, values: Values): void {
  try {
    sessionStorage.setItem(prefix + name, JSON.stringify(values));
  } catch {
    // A browser that keeps nothing, or has no room: the form still holds it.
  }
}

/** Forgets what was typed. */
export const dropDraft = (name: string): void => sessionStorage.removeItem(prefix + name);
