import { theme } from "antd";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contrast, pairs } from "./contrast";
import { colours, themeOf } from "./tokens";

test("contrast is that of WCAG", () => {
  expect(contrast("#000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#767676", "#fff")).toBeCloseTo(4.54, 2);
  expect(contrast("rgba(0, 0, 0, 0.5)", "#fff")).toBeCloseTo(contrast("rgb(127.5,127.5,127.5)", "#fff"));
  expect(() => contrast("teal", "#fff")).toThrow();
});

test.each(pairs)("$ink can be read on $ground", ({ ink, ground, least }) => {
  const token = theme.getDesignToken(themeOf(false));
  expect(contrast(String(token[ink]), String(token[ground]))).toBeGreaterThanOrEqual(least);
});

test("large type has the same colours, and is larger everywhere", () => {
  const [usual, large] = [theme.getDesignToken(themeOf(false)), theme.getDesignToken(themeOf(true))];
  for (const { ink, ground } of pairs) expect([large[ink], large[ground]]).toEqual([usual[ink], usual[ground]]);
  const sizes = ["fontSize", "fontSizeSM", "fontSizeLG", "fontSizeHeading1", "fontSizeHeading4", "controlHeight"] as const;
  for (const size of sizes) expect(Number(large[size]), size).toBeGreaterThan(Number(usual[size]));
});

test("the style sheet and the installed app have the colours of the theme", () => {
  const known = new Set<string>(Object.values(colours));
  for (const file of ["src/theme/app.css", "public/app.webmanifest", "index.html"]) {
    for (const [colour] of readFileSync(file, "utf8").matchAll(/#[\da-f]{3,8}\b/gi)) expect(known, `${file}: ${colour}`).toContain(colour);
  }
});
