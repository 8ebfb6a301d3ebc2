import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, expect, test, vi } from "vitest";
import { WhoProvider } from "../../app/session";
import type { Place } from "../cases/cases";
import { OneByOne } from "./OneByOne";

const place = (id: string, zh: string): Place => ({
  case: `Task/${id}`, process: "correction", "process-zh": zh, "process-en": "", state: "s", "state-zh": "已答复", "state-en": "", late: false, waits: "resident",
});

afterEach(cleanup);

test("in large type one thing is shown at a time, and all can be put off", () => {
  const later = vi.fn();
  render(
    <WhoProvider who={{ signed: true, language: "zh-CN", large: true, zone: "Asia/Shanghai" }}>
      <MemoryRouter><OneByOne waiting={[place("a", "更正病历"), place("b", "查阅疑问")]} onLater={later} /></MemoryRouter>
    </WhoProvider>,
  );
  const shown = () => [screen.queryByText("更正病历"), screen.queryByText("查阅疑问")].map(Boolean);
  expect(shown()).toEqual([true, false]);
  fireEvent.click(screen.getByText("看下一件"));
  expect(shown()).toEqual([false, true]);
  expect(screen.getByText("现在办理").closest("a")?.getAttribute("href")).toBe("/cases/b");
  fireEvent.click(screen.getByText("看下一件"));
  expect(shown()).toEqual([true, false]);
  fireEvent.click(screen.getByText(/以后再办/));
  expect(later).toHaveBeenCalledOnce();
});
