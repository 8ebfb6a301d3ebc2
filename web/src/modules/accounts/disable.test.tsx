import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { App } from "antd";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WhoProvider } from "../../app/session";
import { Disable } from "./Disable";

beforeEach(() => vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} }));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test.each(["accounts", "clients"] as const)("one of the %s is closed for a reason, which cannot be left out", async (of) => {
  const asked: { path: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    asked.push({ path, body: JSON.parse(String(init.body)) });
    return new Response("{}");
  });
  const done = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <WhoProvider who={{ signed: true, language: "zh-CN", large: false, zone: "Asia/Shanghai" }}>
        <App><Disable of={of} id="x" said={{ title: "停用", what: "说明", send: "停用这个", done: "已停用" }} onDone={done} /></App>
      </WhoProvider>
    </QueryClientProvider>,
  );
  fireEvent.click(screen.getByText("停用这个"));
  expect(asked).toEqual([]);
  fireEvent.change(screen.getByRole("textbox"), { target: { value: " 已离职 " } });
  fireEvent.click(screen.getByText("停用这个"));
  await waitFor(() => expect(done).toHaveBeenCalled(), { timeout: 4000 });
  expect(asked).toEqual([{ path: `/staff/${of}/x/disable`, body: { reason: "已离职" } }]);
});
