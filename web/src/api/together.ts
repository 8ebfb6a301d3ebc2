import { type Bundle, fhir, type Resource } from "./fhir";
import { type Outcome, problemOf } from "./http";

interface Asking {
  url: string;
  signal: AbortSignal | undefined;
  give: (found: Resource) => void;
  refuse: (why: unknown) => void;
}

let asking: Asking[] = []; // what was asked for at this moment

/** Reads something, such as a search. What is asked for at the same moment goes as one batch; each is answered or refused by itself. */
export function together<T extends Resource>(url: string, signal?: AbortSignal): Promise<T> {
  return new Promise((give, refuse) => {
    asking.push({ url, signal, give: (found) => give(found as T), refuse });
    if (asking.length === 1) queueMicrotask(() => void send(asking.splice(0)));
  });
}

async function send(all: Asking[]): Promise<void> {
  const urls = [...new Set(all.map((a) => a.url))];
  const { signal } = leftBy(all);
  try {
    const [first = ""] = urls;
    const entry = urls.map((url) => ({ request: { method: "GET", url } }));
    const found = urls.length === 1
      ? [{ resource: (await fhir(first, { signal })).data }]
      : (await fhir<Bundle>("/fhir/", { method: "POST", body: { resourceType: "Bundle", type: "batch", entry }, signal })).data.entry;
    for (const a of all) {
      const { resource, response } = (found?.[urls.indexOf(a.url)] ?? {}) as Answered;
      if (resource) a.give(resource);
      else a.refuse(problemOf(Number.parseInt(response?.status ?? "", 10) || 0, response?.outcome));
    }
  } catch (error) {
    for (const a of all) a.refuse(error);
  }
}

/** What a batch says of one of its entries. */
interface Answered {
  resource?: Resource;
  response?: { status?: string; outcome?: Outcome };
}

/** Ends a request once everybody has left it. */
function leftBy(all: Asking[]): AbortController {
  const end = new AbortController();
  const look = () => all.every((a) => a.signal?.aborted) && end.abort();
  for (const a of all) a.signal?.addEventListener("abort", look);
  look();
  return end;
}
