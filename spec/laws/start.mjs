/** Bundles main.ts and runs it: a loader that maps sources would take most of the time. */
import { spawnSync } from "node:child_process";
import { build } from "esbuild";

const bundle = ".cache/laws.mjs";
await build({
  entryPoints: ["spec/laws/main.ts"],
  alias: { coppice: "./lib/index.ts" },
  bundle: true,
  platform: "node",
  format: "esm",
  external: ["fast-check", "commander"],
  outfile: bundle,
  logLevel: "error",
});
process.exitCode =
  spawnSync(process.execPath, [bundle, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
