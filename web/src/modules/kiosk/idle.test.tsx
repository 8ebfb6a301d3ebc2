import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { leftOf, useIdle } from "./idle";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("it is told what is left when little is", () => {
  expect([0, 39_000, 40_000, 55_500, 60_000, 90_000].map((ms) => leftOf(0, ms))).toEqual([undefined, undefined, 20, 5, 0, 0]);
});

test("a page that nobody touches ends after a minute; one that is touched stays", () => {
  const end = vi.fn();
  const { result, unmount } = renderHook(() => useIdle(true, end));
  act(() => void vi.advanceTimersByTime(50_000));
  expect([result.current, end.mock.calls.length]).toEqual([10, 0]);
  act(() => void window.dispatchEvent(new Event("pointerdown")));
  expect(result.current).toBeUndefined();
  act(() => void vi.advanceTimersByTime(59_000));
  expect(end).not.toHaveBeenCalled();
  act(() => void vi.advanceTimersByTime(1_000));
  expect(end).toHaveBeenCalledTimes(1);
  unmount();
});

test("the start stays as long as it likes", () => {
  const end = vi.fn();
  renderHook(() => useIdle(false, end));
  act(() => void vi.advanceTimersByTime(600_000));
  expect(end).not.toHaveBeenCalled();
});
