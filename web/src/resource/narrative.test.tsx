import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { narrative } from "./narrative";

const shown = (inner: string) => render(<>{narrative(`<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`, "zh-CN")}</>).container.innerHTML;

test("nothing that runs or loads comes out of a narrative", () => {
  const html = shown(
    '<script>alert(1)</script><p onclick="alert(2)" style="position:fixed" class="x">文<img src="http://x/y" onerror="alert(3)"/></p>' +
      '<a href="javascript:alert(4)">a</a><a href=" JaVaScRiPt:alert(5)">b</a><a href="data:text/html,x">c</a><iframe src="//x">d</iframe><style>p{}</style>' +
      '<form action="/x"><input name="y"/>e</form><svg><a href="http://x">f</a></svg>',
  );
  expect(html).toBe("<p>文</p><a>a</a><a>b</a><a>c</a>e");
});

test("texts, tables and links to pages stay", () => {
  expect(shown('<table><tbody><tr><td colspan="2"><b>x</b> &lt;y&gt;</td></tr></tbody></table><a href="https://h.example/">z</a>')).toBe(
    '<table><tbody><tr><td colspan="2"><b>x</b> &lt;y&gt;</td></tr></tbody></table><a href="https://h.example/" rel="noopener noreferrer nofollow">z</a>',
  );
});

test("of two languages the person's own is shown, and headings are none of the page's", () => {
  expect(shown('<p lang="zh">中</p><p lang="en">E</p>')).toBe('<p lang="zh">中</p>');
  expect(shown('<p lang="en">only</p><h1>h</h1>')).toBe('<p lang="en">only</p><strong>h</strong>');
});

test("what is no XHTML shows nothing", () => {
  expect(render(<>{narrative("<div><p>", "en")}</>).container.innerHTML).toBe("");
});
