import { expect, test } from "vitest";
import { masked } from "./Banner";
import { bodyOf, understand } from "./understand";

test("what is typed is taken for what it looks like", () => {
  const of = (typed: string) => {
    const u = understand(typed);
    return u && [u.parameter, u.value];
  };
  expect(of(" 11010119840506123x ")).toEqual(["identifier", "11010119840506123X"]);
  expect(of("１３９ 0000 0001")).toEqual(["phone", "13900000001"]);
  expect(of("+86 139-0000-0001")).toEqual(["phone", "13900000001"]);
  expect(of("A12345678901")).toEqual(["identifier", "A12345678901"]);
  expect(of("li xiao ming")).toEqual(["phonetic", "li xiao ming"]);
  expect(of("xi'an")).toEqual(["phonetic", "xian"]);
  expect(of("李晓明")).toEqual(["name", "李晓明"]);
  expect(of("  ")).toBeUndefined();
});

test("a value cannot become another criterion", () => {
  const typed = understand("李,王&_count=9");
  expect(typed && bodyOf(typed)).toBe(`name=${encodeURIComponent("李\\,王&_count=9").replace("%20", "+")}&_count=20`);
});

test("of a number the beginning and the end are shown", () => {
  expect(masked("110101198405061236")).toBe("110101********1236");
  expect(masked("1234")).toBe("1234");
});
