import type { ThemeConfig } from "antd";

/** Colours of the product, by what they are for; the pages to sign in have the same. */
export const colours = {
  brand: "#0a6172",
  brandDark: "#07495a",
  ground: "#f2f6f7",
  sheet: "#ffffff",
  ink: "#14252b",
  quiet: "#47585f",
  hint: "#5c6d74",
  line: "#d5dfe2",
  edge: "#7d9098",
  soft: "#e3eff1",
  good: "#1a6640",
  goodSoft: "#e7f3ec",
  warning: "#8a5a00",
  warningSoft: "#fdf3e0",
  bad: "#b3261e",
  badSoft: "#faebe9",
  link: "#0a6172",
  focus: "#1455d9",
} as const;

const fonts =
  'system-ui, -apple-system, "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

/** The theme: large type changes sizes and nothing else (适老化). */
export function themeOf(large: boolean): ThemeConfig {
  return {
    cssVar: { key: "yitong" },
    token: {
      colorPrimary: colours.brand,
      colorLink: colours.link,
      colorLinkHover: colours.brandDark, // the lighter one of the library is too faint to read
      colorPrimaryHover: colours.brandDark,
      colorSuccess: colours.good,
      colorWarning: colours.warning,
      colorError: colours.bad,
      colorInfo: colours.brand,
      colorSuccessBg: colours.goodSoft,
      colorWarningBg: colours.warningSoft,
      colorErrorBg: colours.badSoft,
      colorInfoBg: colours.soft,
      colorTextBase: colours.ink,
      colorTextSecondary: colours.quiet,
      colorTextDescription: colours.quiet,
      colorTextPlaceholder: colours.hint,
      colorBgLayout: colours.ground,
      colorBorder: colours.edge,
      colorBorderSecondary: colours.line,
      opacityLoading: 0.85,
      borderRadius: 8,
      fontFamily: fonts,
      fontSize: large ? 20 : 15,
      fontSizeSM: large ? 17 : 13,
      fontSizeHeading1: large ? 32 : 26,
      fontSizeHeading2: large ? 27 : 21,
      fontSizeHeading3: large ? 23 : 18,
      fontSizeHeading4: large ? 21 : 16,
      controlHeight: large ? 56 : 40,
      controlHeightSM: large ? 44 : 32,
      controlHeightLG: large ? 64 : 48,
      sizeStep: large ? 5 : 4,
      wireframe: false,
      motion: false,
    },
    components: {
      Layout: { headerBg: colours.sheet, siderBg: colours.sheet, bodyBg: colours.ground, headerPadding: "0 16px" },
      Menu: { itemSelectedBg: colours.soft, itemSelectedColor: colours.brand },
      Table: { headerBg: colours.soft, headerColor: colours.ink, rowSelectedBg: colours.soft, rowSelectedHoverBg: colours.soft },
    },
  };
}
