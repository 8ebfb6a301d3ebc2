import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, expect, test } from "vitest";
import { WhoProvider } from "../session";
import { Keyboard, useKeys } from "./keyboard";
import type { Key } from "./typed";

afterEach(cleanup);

test.each([
  ["a page", '<p id="here"></p>', 1],
  ["the places, where one is after having chosen one", '<nav><ul><li><a id="here" href="/x"></a></li></ul></nav>', 1],
  ["a menu that is open", '<ul role="menu"><li id="here" role="menuitem"></li></ul>', 0],
  ["a text", '<textarea id="here"></textarea>', 0],
  ["a dialog", '<div role="dialog"><button id="here"></button></div>', 0],
  ["a dialog of the browser", '<dialog open><button id="here"></button></dialog>', 0],
])("a single key in %s", (_where, html, times) => {
  let pressed = 0;
  const keys: Key[] = [{ key: "j", called: "j", does: () => (pressed += 1) }];
  const Page = () => {
    useKeys(keys);
    return <div dangerouslySetInnerHTML={{ __html: html }} />;
  };
  const acts = { source: "s", role: "doctor" } as const;
  render(
    <QueryClientProvider client={new QueryClient()}>
      <WhoProvider who={{ signed: true, language: "zh-CN", large: false, zone: "", acts, can: [acts] }}>
        <MemoryRouter><Keyboard><Page /></Keyboard></MemoryRouter>
      </WhoProvider>
    </QueryClientProvider>,
  );
  document.getElementById("here")?.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
  expect(pressed).toBe(times);
});
