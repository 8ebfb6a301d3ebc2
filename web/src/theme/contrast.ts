import type { theme } from "antd";

/** The tokens of a theme. */
export type Tokens = ReturnType<typeof theme.getDesignToken>;

/** Two tokens that stand on each other, and how far apart WCAG 2.2 wants them: 4.5 for text, 3 for what one has to make out. */
export interface Pair {
  ink: keyof Tokens;
  ground: keyof Tokens;
  least: 4.5 | 3;
}

const text = (ink: Pair["ink"], ...grounds: Pair["ground"][]): Pair[] => grounds.map((ground) => ({ ink, ground, least: 4.5 }));

/** All pairs in use. */
export const pairs: Pair[] = [
  ...text("colorText", "colorBgContainer", "colorBgLayout", "colorInfoBg", "colorSuccessBg", "colorWarningBg", "colorErrorBg"),
  ...text("colorTextSecondary", "colorBgContainer", "colorBgLayout", "colorInfoBg"),
  ...text("colorTextPlaceholder", "colorBgContainer"),
  ...text("colorPrimary", "colorBgContainer", "colorBgLayout", "colorInfoBg"),
  ...text("colorError", "colorBgContainer", "colorErrorBg"),
  ...text("colorSuccess", "colorBgContainer", "colorSuccessBg"),
  ...text("colorWarning", "colorBgContainer", "colorWarningBg"),
  ...text("colorTextLightSolid", "colorPrimary", "colorError", "colorWarning", "colorSuccess"),
  { ink: "colorBorder", ground: "colorBgContainer", least: 3 },
];

type Light = [red: number, green: number, blue: number, alpha: number];

/** Reads #rgb, #rrggbb, rgb() and rgba(). */
function read(colour: string): Light {
  const hex = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(colour)?.[1];
  if (hex) {
    const six = hex.length === 3 ? [...hex].map((c) => c + c).join("") : hex;
    const [r = 0, g = 0, b = 0] = [0, 2, 4].map((i) => Number.parseInt(six.slice(i, i + 2), 16));
    return [r, g, b, 1];
  }
  const numbers = /^rgba?\(([^)]+)\)$/.exec(colour)?.[1]?.split(/[\s,/]+/).map(Number);
  if (!numbers || numbers.some(Number.isNaN)) throw new Error(`${colour} is no colour that is understood here`);
  const [r = 0, g = 0, b = 0, alpha = 1] = numbers;
  return [r, g, b, alpha];
}

function brightness([r, g, b]: readonly number[]): number {
  const linear = (c = 0) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** The contrast of a colour on an opaque ground (WCAG 2.2, relative luminance): 1 for none, 21 for black on white. */
export function contrast(ink: string, ground: string): number {
  const below = read(ground);
  const [r, g, b, alpha] = read(ink);
  const seen = [r, g, b].map((c, i) => c * alpha + (below[i] ?? 0) * (1 - alpha));
  const [dark = 0, light = 0] = [brightness(seen), brightness(below)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}
