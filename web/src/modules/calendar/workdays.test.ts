import { expect, test } from "vitest";
import { holidayOf, kindsOf } from "./workdays";

test("a holiday is called as its source ends", () => {
  expect(holidayOf("国办发明电〔2025〕7号 第二条 春节", "zh-CN")).toBe("春节");
  expect(holidayOf("国办发明电〔2024〕12号 第六条 国庆节、中秋节", "en")).toBe("National Day, Mid-Autumn");
  expect(holidayOf("穗府办〔2026〕1号 第一条 广府日", "en")).toBe("广府日");
  expect(["国办发明电〔2026〕9号 第三条", "地方自定", ""].map((s) => holidayOf(s, "zh-CN"))).toEqual(["", "", ""]);
});

test("a notice goes before the weekday", () => {
  const kind = kindsOf({ unknown: [], day: [{ day: "2026-05-09", workday: true, source: "x 劳动节" }, { day: "2026-05-04", workday: false, source: "x 劳动节" }] }, "zh-CN");
  expect(kind("2026-05-09")).toMatchObject({ workday: true, named: true, name: "劳动节" }); // a Saturday
  expect(kind("2026-05-04")).toMatchObject({ workday: false, named: true }); // a Monday
  expect(["2026-05-08", "2026-05-10"].map((d) => kind(d).workday)).toEqual([true, false]);
  expect(kindsOf(undefined, "en")("2026-05-04").workday).toBe(true);
});
