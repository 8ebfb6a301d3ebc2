import type { Language } from "../words";

/** What the server says is wrong with one place of what was sent. */
export interface Issue {
  severity: string;
  text: string;
  expression: string[];
}

/** A refusal, in the words of the server; status 0 where there was no answer. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly issues: Issue[] = [],
    readonly id = "",
  ) {
    super(message);
  }
}

/** What the server says where it refuses something. */
export interface Outcome {
  resourceType?: string;
  message?: string;
  issue?: { severity: string; diagnostics?: string; details?: { text?: string }; expression?: string[] }[];
}

/** What is told to all of the app: the language of the page ("" before it is known: the browser's), and who wants to know that the session has ended. */
export const settings: { language: Language | ""; ended: () => void; reached: (is: boolean) => void } = {
  language: "",
  ended: () => {},
  reached: () => {},
};

export interface Asked {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  kind?: string; // media type of the body
  headers?: Record<string, string>;
  signal?: AbortSignal;
  parse?: (text: string) => unknown; // JSON.parse unless told
}

/** An answer: what was said, and in which version it is. */
export interface Answer<T> {
  data: T;
  etag: string;
}

/** Asks the server. What is not 2xx is thrown as a [Problem]. */
export async function ask<T>(path: string, asked: Asked = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: "application/json", ...(settings.language && { "Accept-Language": settings.language }), ...asked.headers };
  const init: RequestInit = { method: asked.method ?? "GET", headers, credentials: "same-origin", cache: "no-store" };
  if (asked.signal) init.signal = asked.signal;
  if (asked.body !== undefined) {
    headers["Content-Type"] = asked.kind ?? "application/json";
    init.body = typeof asked.body === "string" ? asked.body : JSON.stringify(asked.body);
  }
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, init);
    text = await response.text(); // which may break off
  } catch (error) {
    if (asked.signal?.aborted) throw error;
    settings.reached(false);
    throw new Problem(0, "");
  }
  settings.reached(true);
  if (!response.ok) {
    if (response.status === 401) settings.ended();
    throw refusalOf(response, text);
  }
  return { data: (text ? (asked.parse ?? JSON.parse)(text) : undefined) as T, etag: response.headers.get("ETag") ?? "" };
}

function refusalOf(response: Response, text: string): Problem {
  const id = response.headers.get("X-Request-Id") ?? "";
  try {
    return problemOf(response.status, JSON.parse(text) as Outcome, id);
  } catch {
    return problemOf(response.status, undefined, id);
  }
}

/** A refusal by what was said of it. */
export function problemOf(status: number, told: Outcome | undefined, id = ""): Problem {
  const issues = (told?.issue ?? []).map((i) => ({ severity: i.severity, text: i.diagnostics ?? i.details?.text ?? "", expression: i.expression ?? [] }));
  return new Problem(status, told?.message ?? issues[0]?.text ?? "", issues, id);
}
