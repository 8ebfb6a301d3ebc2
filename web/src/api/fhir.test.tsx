import { afterEach, expect, test, vi } from "vitest";
import { type Bundle, everyMatch } from "./fhir";

afterEach(() => vi.unstubAllGlobals());

const page = (ids: string[], next?: string): Bundle => ({
  resourceType: "Bundle", entry: ids.map((id) => ({ resource: { resourceType: "Consent", id } })), link: next ? [{ relation: "next", url: `https://x${next}` }] : [],
});

test("what matches is read to the last page, from an address or from a page that is there", async () => {
  const pages: Record<string, Bundle> = { "/fhir/Consent?patient=p": page(["1", "2"], "/fhir/Consent?_cursor=b"), "/fhir/Consent?_cursor=b": page([], "/fhir/Consent?_cursor=c"), "/fhir/Consent?_cursor=c": page(["3"]) };
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return new Response(JSON.stringify(pages[path]));
  });
  expect((await everyMatch("Consent?patient=p")).map((r) => r.id)).toEqual(["1", "2", "3"]);
  asked.length = 0;
  expect((await everyMatch(page(["0"], "/fhir/Consent?_cursor=c"))).map((r) => r.id)).toEqual(["0", "3"]);
  expect(await everyMatch(page([]))).toEqual([]);
  expect(asked).toEqual(["/fhir/Consent?_cursor=c"]);
});
