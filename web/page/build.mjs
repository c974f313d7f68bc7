// SPDX-License-Identifier: GPL-3.0-or-later
// Bundles the dashboard: `node build.mjs [--out DIR]`, or its tests: `node build.mjs --test [--out DIR]`. No network.
import { build } from "esbuild";
import { copyFile, mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const common = { bundle: true, absWorkingDir: here, target: ["es2021"], logLevel: "warning", legalComments: "inline" };

const at = args.indexOf("--out");
const out = at >= 0 ? args[at + 1] : join(here, args.includes("--test") ? "test-out" : "dist");

if (args.includes("--test")) {
  const files = (await readdir(join(here, "test"))).filter((f) => f.endsWith(".test.ts"));
  await build({
    ...common,
    entryPoints: files.map((f) => join("test", f)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    platform: "node",
    format: "esm",
  });
} else {
  await mkdir(out, { recursive: true });
  await build({ ...common, entryPoints: { app: "src/main.ts" }, outdir: out, format: "esm", minify: true });
  for (const f of ["index.html", "icon.svg"]) await copyFile(join(here, f), join(out, f));
}
