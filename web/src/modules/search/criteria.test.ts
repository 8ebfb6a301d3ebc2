import { expect, test } from "vitest";
import { bodyOf, print, read, waysOf } from "./criteria";
import { csv } from "../../parts/csv";

const kinds: Record<string, string> = { date: "date", code: "token", name: "string", patient: "reference" };
const of = (text: string) => read(text, (p) => kinds[p]);

test("a query is read into criteria and printed as it was", () => {
  const text = "code:not=http://loinc.org|15074-8&date=ge2026-05&name=王 小&patient.name:exact=a%26b";
  expect(of(text)).toEqual([
    { parameter: "code", way: ":not", value: "http://loinc.org|15074-8" },
    { parameter: "date", way: "ge", value: "2026-05" },
    { parameter: "name", way: "", value: "王 小" },
    { parameter: "patient.name", way: ":exact", value: "a&b" },
  ]);
  expect(print(of(text))).toBe(text);
});

test("only dates and numbers have prefixes, and a wrong escape is text", () => {
  expect(of("name=gerd&date=le2026&code=%zz")).toEqual([
    { parameter: "name", way: "", value: "gerd" }, { parameter: "date", way: "le", value: "2026" }, { parameter: "code", way: "", value: "%zz" },
  ]);
  expect([waysOf("date").includes("ge"), waysOf("token").includes("ge")]).toEqual([true, false]);
});

test("what is posted leaves out what is empty, and asks for a page", () => {
  expect(bodyOf([{ parameter: "name", way: ":exact", value: "a&b=c" }, { parameter: "code", way: "", value: "" }])).toBe("name%3Aexact=a%26b%3Dc&_count=25");
  expect(bodyOf([{ parameter: "_count", way: "", value: "5" }])).toBe("_count=5");
});

test("a table is a spreadsheet's, and never a formula", () => {
  expect(csv([["a", '说"，,'], ["=1+1", "-5.6"]])).toBe("\ufeffa,\"说\"\"，,\"\r\n'=1+1,-5.6\r\n");
});
