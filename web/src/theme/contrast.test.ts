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
  for (const file of ["src/theme/app.css", "src/theme/plain.css", "public/app.webmanifest", "index.html"]) {
    for (const [colour] of readFileSync(file, "utf8").matchAll(/#[\da-f]{3,8}\b/gi)) expect(known, `${file}: ${colour}`).toContain(colour);
  }
});

test("the style sheet has the sizes and colours of the theme, in both sizes of type", () => {
  const sheet = readFileSync("src/theme/plain.css", "utf8");
  const set = (of: string): Record<string, string> => Object.fromEntries([...(sheet.split(`${of} {`)[1]?.split("}")[0] ?? "").matchAll(/--([\w-]+): ([^;]+);/g)].map(([, name = "", value = ""]) => [name, value]));
  const usual = set(":root");
  for (const [large, is] of [[false, usual], [true, { ...usual, ...set(":root.large") }]] as const) {
    const token = theme.getDesignToken(themeOf(large));
    const sizes = {
      text: token.fontSize, "text-small": token.fontSizeSM, "text-large": token.fontSizeLG, "text-huge": token.fontSizeXL, h1: token.fontSizeHeading1, h2: token.fontSizeHeading2,
      control: token.controlHeight, "control-small": token.controlHeightSM, "control-large": token.controlHeightLG,
      "gap-small": token.paddingXS, gap: token.padding, "gap-large": token.paddingLG, round: token.borderRadius,
    };
    for (const [name, value] of Object.entries(sizes)) expect(is[name], `--${name}, large ${large}`).toBe(`${value}px`);
    expect(Number(is.leading)).toBeCloseTo(token.lineHeight, 3);
  }
  const inSheet = Object.entries(usual).filter(([, value]) => value.startsWith("#"));
  expect(inSheet.length).toBeGreaterThan(10);
  for (const [name = "", value] of inSheet) expect(value, `--${name}`).toBe(colours[name.replace(/-(\w)/g, (_, c: string) => c.toUpperCase()) as keyof typeof colours]);
});
