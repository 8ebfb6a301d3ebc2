import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const packedFrom = 1024; // bytes

/** Puts packed copies beside every file of the build that is worth it. */
function packed(): Plugin {
  let folder = "";
  return {
    name: "packed",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    async closeBundle() {
      for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const name = path.join(file.parentPath, file.name);
        if (!file.isFile() || !/\.(js|css|svg|webmanifest)$/.test(name)) continue;
        const text = await readFile(name);
        if (text.length < packedFrom) continue;
        await writeFile(`${name}.gz`, await promisify(gzip)(text, { level: 9 }));
        await writeFile(`${name}.br`, await promisify(brotliCompress)(text)); // as small as it gets, which is the default
      }
    },
  };
}

/** Puts all that the entry imports, and no import() of it, into one file: a slow network is asked once. */
function firstOf(id: string, modules: { getModuleInfo: (id: string) => { isEntry: boolean; importers: string[] } | null }): string | null {
  const seen = new Set<string>();
  const atOnce = (of: string): boolean => {
    if (seen.has(of)) return false;
    seen.add(of);
    const info = modules.getModuleInfo(of);
    return info !== null && (info.isEntry || info.importers.some(atOnce));
  };
  return atOnce(id) ? "first" : null;
}

export default defineConfig({
  base: "/app/",
  plugins: [react(), packed()],
  // antd measures scroll bars by a style without the page's number, which the page's policy refuses.
  resolve: { alias: [{ find: /^.*\/getScrollBarSize(\.js)?$/, replacement: path.resolve("src/theme/scrollbar.ts") }] },
  build: { outDir: "dist/app", emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 1200, rolldownOptions: { output: { codeSplitting: { groups: [{ name: firstOf, debugName: "first" }] } } } },
  server: { proxy: Object.fromEntries(["/fhir", "/auth", "/staff", "/notices", "/rules"].map((p) => [p, "http://127.0.0.1:8080"])) },
  test: {
    projects: [ // most need no document, and none of these leaves anything behind: one process runs them all
      { extends: true, test: { name: "logic", environment: "node", isolate: false, include: ["src/**/*.test.ts"] } },
      { extends: true, test: { name: "pages", environment: "jsdom", include: ["src/**/*.test.tsx"] } },
    ],
  },
});
