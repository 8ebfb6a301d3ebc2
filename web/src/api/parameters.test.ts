import { expect, test } from "vitest";
import { type Parameters, parameters, read } from "./parameters";

test("Parameters are read by name: lists, parts, references and resources", () => {
  const from: Parameters = {
    resourceType: "Parameters",
    parameter: [
      { name: "case", part: [{ name: "process", valueString: "correction" }, { name: "late", valueBoolean: true }] },
      { name: "of", valueReference: { reference: "Organization/a" } },
      { name: "next", valueString: "p" },
      { name: "next", valueString: "q" },
    ],
  };
  expect(read(from, ["case", "count"])).toEqual({
    case: [{ process: "correction", late: true }],
    count: [],
    of: "Organization/a",
    next: ["p", "q"],
  });
});

test("what is undefined is left out of what is sent", () => {
  expect(parameters({ move: { valueString: "appeal" }, with: undefined })).toEqual({
    resourceType: "Parameters",
    parameter: [{ name: "move", valueString: "appeal" }],
  });
});
