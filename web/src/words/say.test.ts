import { expect, test } from "vitest";
import { say } from ".";

test("a text is said in the language, with what is put into it", () => {
  expect(say(["{0} 条", "{0} of {1}"], "zh-CN", 3)).toBe("3 条");
  expect(say(["{0} 条", "{0} of {1}"], "en", 3, "ten")).toBe("3 of ten");
});
