import type { Bundle, Resource } from "../../api/fhir";
import { Problem } from "../../api/http";
import { together } from "../../api/together";

const hidden = [403, 404]; // as the server says it of what is not for the reader

/** What several searches find: all that each brings, in the order in which they were asked for; what is not for the reader brings nothing. */
export function batch(urls: readonly string[], signal: AbortSignal): Promise<Resource[][]> {
  return Promise.all(urls.map(async (url) => {
    try {
      return ((await together<Bundle>(url, signal)).entry ?? []).flatMap((e) => e.resource ?? []);
    } catch (error) {
      if (error instanceof Problem && hidden.includes(error.status)) return [];
      throw error;
    }
  }));
}
