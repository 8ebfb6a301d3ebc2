import { createElement, Fragment, type ReactNode } from "react";
import type { Language } from "../words";

/** What a narrative may be made of (R4, txt-1): texts, lists and tables; nothing that runs or loads. */
const elements = new Set([
  "a", "abbr", "b", "big", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "dfn", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li",
  "ol", "p", "pre", "q", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "ul", "var",
]);
const empty = new Set(["br", "col", "hr"]);
const attributes: Record<string, string> = { colspan: "colSpan", rowspan: "rowSpan", title: "title", lang: "lang", scope: "scope" };
const depthMost = 60;

/** A narrative as the elements that are allowed in it: of what is not, its texts stay, of scripts and styles nothing. Paragraphs in the other language are left out. */
export function narrative(div: string, language: Language): ReactNode {
  const read = new DOMParser().parseFromString(div, "application/xhtml+xml");
  if (read.querySelector("parsererror")) return null;
  return nodes(read.documentElement.childNodes, language, 0);
}

function nodes(list: NodeListOf<ChildNode>, language: Language, depth: number): ReactNode[] {
  return depth > depthMost ? [] : [...list].map((node, i) => <Fragment key={i}>{nodeOf(node, language, depth)}</Fragment>);
}

function nodeOf(node: ChildNode, language: Language, depth: number): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue;
  if (!(node instanceof Element)) return null;
  const name = node.localName.toLowerCase();
  if (["script", "style", "template", "iframe", "object", "svg", "math"].includes(name) || elsewhere(node, language)) return null;
  const inner = empty.has(name) ? undefined : nodes(node.childNodes, language, depth + 1);
  if (!elements.has(name)) return inner;
  const shown = /^h[1-6]$/.test(name) ? "strong" : name; // the page has its own headings
  return createElement(shown, propertiesOf(node, name), inner);
}

/** Whether an element says in another language what one beside it says in this one. */
function elsewhere(node: Element, language: Language): boolean {
  const of = (e: Element) => (e.getAttribute("lang") ?? e.getAttribute("xml:lang") ?? "").slice(0, 2);
  const wanted = language.slice(0, 2);
  return of(node) !== "" && of(node) !== wanted && [...(node.parentElement?.children ?? [])].some((e) => of(e) === wanted);
}

function propertiesOf(node: Element, name: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const { name: called, value } of node.attributes) {
    const property = attributes[called.toLowerCase()];
    if (property) out[property] = value;
  }
  const to = name === "a" ? (node.getAttribute("href") ?? "") : "";
  if (/^(https?:\/\/|#)/i.test(to)) Object.assign(out, { href: to, rel: "noopener noreferrer nofollow" });
  return out;
}
