import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, expect, test, vi } from "vitest";
import { settings } from "../api/http";
import { Toasts } from "../plain/Toasts";
import { Connection } from "./Connection";
import { WhoProvider } from "./session";
import { words } from "./words";

afterEach(cleanup); // nothing is drawn once the window is gone

test("it is told that the server is not reached, and when it is again; what is shown is asked for anew", async () => {
  const client = new QueryClient();
  const anew = vi.spyOn(client, "invalidateQueries");
  render(
    <QueryClientProvider client={client}>
      <WhoProvider who={{ signed: true, language: "zh-CN", large: false, zone: "Asia/Shanghai" }}>
        <MemoryRouter><Connection /><Toasts /></MemoryRouter>
      </WhoProvider>
    </QueryClientProvider>,
  );
  expect(screen.queryByText(words.offline[0])).toBeNull();
  act(() => settings.reached(false));
  expect(screen.getByText(words.offline[0]).closest('[role="status"]')).not.toBeNull();
  expect(anew).not.toHaveBeenCalled();
  act(() => settings.reached(true));
  expect(screen.queryByText(words.offline[0])).toBeNull();
  expect(anew).toHaveBeenCalledOnce();
  expect(await screen.findByText(words.back[0], {}, { timeout: 10_000 })).toBeTruthy();
}, 30_000);
