import { expect, test } from "vitest";
import { agoOf, lasting, leftUntil } from "./times";

const now = Date.parse("2026-05-06T10:00:00+08:00");

test("what is left and what is late is told in one unit", () => {
  expect(leftUntil("2026-05-09T11:00:00+08:00", now, "zh-CN")).toBe("还剩 3 天");
  expect(leftUntil("2026-05-06T09:30:00+08:00", now, "en")).toBe("30 min late");
  expect(leftUntil("2026-05-06T09:59:59+08:00", now, "zh-CN")).toBe("已超时 1 分钟");
  expect(agoOf("2026-05-05T09:00:00+08:00", now, "en")).toBe("1 day ago");
  expect(agoOf("2026-05-06T09:59:30+08:00", now, "zh-CN")).toBe("刚刚");
  expect(lasting(5 * 3600_000, "zh-CN")).toBe("5 小时");
});
