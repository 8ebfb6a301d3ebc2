// @vitest-environment node
import { expect, test } from "vitest";
import { coloursIn, sourceOf, textsIn, usedIn } from "./house";
import type { Text } from "./words";

const raw = import.meta.glob<string>("./**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
const tables = import.meta.glob<Record<string, unknown>>("./**/words.ts", { eager: true });

const sources = Object.entries(raw).filter(([path]) => !/\.test\.tsx?$|^\.\/house/.test(path)).map(([path, text]) => sourceOf(path, text));

// A place's name stands in its declaration, beside who finds it; what is drawn from the server's declarations has no texts for people.
const declared = new Set(["./app/places.ts", "./api/declared.ts"]);

const isText = (value: unknown): value is Text => Array.isArray(value) && value.length === 2 && value.every((v) => typeof v === "string");

/** All texts below a value, each with the way to it. */
function textsOf(value: unknown, way: string): [string, Text][] {
  if (isText(value)) return [[way, value]];
  return typeof value === "object" && value !== null ? Object.entries(value).flatMap(([name, v]) => textsOf(v, `${way}.${name}`)) : [];
}

const beside = import.meta.glob<Record<string, unknown>>("./app/places.ts", { eager: true });
const all = Object.entries({ ...tables, ...beside }).flatMap(([path, module]) => textsOf(module, path));

test("texts for people stand in words.ts", () => {
  const found = sources.filter((s) => !s.path.endsWith("/words.ts") && !declared.has(s.path)).flatMap(textsIn);
  expect(found, "put them into the words.ts of the folder, in both languages").toEqual([]);
});

test("every text is there in both languages, with the same things put into it", () => {
  expect(all.length).toBeGreaterThan(300);
  const holes = (text: string) => [...new Set(text.match(/\{\d\}/g))].sort().join();
  const wrong = all.filter(([, [zh, en]]) => !zh.trim() || !en.trim() || holes(zh) !== holes(en)).map(([way]) => way);
  expect(wrong, "a text is empty, or has a {n} that the other language has not").toEqual([]);
});

test("every text is used", () => {
  const used = new Set(sources.flatMap(usedIn).map((u) => `${u.module}.${u.name}.${u.entry}`));
  const unused = Object.entries(tables).flatMap(([path, module]) =>
    Object.entries(module).flatMap(([name, table]) => {
      const declares = raw[path]?.includes(`export const ${name} = declare(`) && typeof table === "object" && table !== null;
      const entries = declares && !used.has(`${path}.${name}.*`) ? Object.keys(table).map((entry) => `${path}.${name}.${entry}`) : [];
      return entries.filter((entry) => !used.has(entry));
    }),
  );
  expect(unused, "take them out").toEqual([]);
});

test("pages have no colours of their own", () => {
  const found = sources.filter((s) => !s.path.startsWith("./theme/")).flatMap(coloursIn);
  expect(found, "take a token of the theme").toEqual([]);
});

/** All sources that a source loads as it starts, by imports that are not of types alone. */
function loadedBy(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, from = ""] of (raw[path] ?? "").matchAll(/^(?:import|export)(?! type\b)[^;]*?from "([^"]+)";$|^import "([^"]+)";$/gms)) {
    if (!from.startsWith(".")) seen.add(from);
    else for (const end of [".ts", ".tsx", "/index.ts"]) {
      const file = `./${new URL(from + end, `file:///${path}`).pathname.slice(1)}`;
      if (raw[file]) loadedBy(file, seen);
    }
  }
  return seen;
}

test("what residents see first does without the components' library", () => {
  const first = loadedBy("./main.tsx");
  expect(first).toContain("./modules/home/ResidentHome.tsx");
  expect(first).toContain("react-router");
  expect([...first].filter((path) => /^antd\b/.test(path)), "load it by dressed()").toEqual([]);
  expect(loadedBy("./app/Dress.tsx")).toContain("antd");
});

test("these checks find what they are for", () => {
  const page = sourceOf("./modules/x/Page.tsx", `import { words } from "./words";
    const a = <p title="Hello" style={{ color: "#fff" }}>Text{b ? "one" : t(words.two)}{\`\${n} more\`}</p>;
    const c = [{ title: "Name", dataIndex: "name" }, { title: t(words.three) }, { placeholder: "" }];
    const d = "\u4e2d\u6587", e = <kbd>Ctrl</kbd>, f = <Alert title={k && "Wrong"} />, g = words[k];`.replaceAll(/\\\\u/g, "\\u"));
  const found = textsIn(page).map((f) => f.replace(/^.*?:(\d+): /, "$1 "));
  expect(found).toEqual(["2 Hello", "2 Text", "2 one", "2 more", "3 Name", '4 "\u4e2d\u6587"', "4 Wrong"]);
  expect(coloursIn(page)).toEqual(["./modules/x/Page.tsx:2: #fff"]);
  const entries = usedIn(page).map((u) => `${u.module} ${u.name}.${u.entry}`);
  expect(entries.slice(0, 2)).toEqual(["./modules/x/words.ts words.two", "./modules/x/words.ts words.three"]);
  expect(entries).toContain("./modules/x/words.ts words.name"); // the source names it: it may be the one
});
