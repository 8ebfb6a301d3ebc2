import { act, renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { usePrinting } from "./printing";

test("a page knows while it is printed, and at once", () => {
  const { result, unmount } = renderHook(() => usePrinting());
  expect(result.current).toBeUndefined();
  act(() => void window.dispatchEvent(new Event("beforeprint")));
  expect(result.current).toBeInstanceOf(Date);
  act(() => void window.dispatchEvent(new Event("afterprint")));
  expect(result.current).toBeUndefined();
  unmount();
});
