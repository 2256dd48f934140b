/** Bundles main.ts and runs it in a Node that can be told to collect. */
import { spawnSync } from "node:child_process";
import { build } from "esbuild";

const bundle = ".cache/soak.mjs";
await build({
  entryPoints: ["spec/soak/main.ts"],
  alias: { coppice: "./lib/index.ts" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  external: ["commander"],
  outfile: bundle,
  logLevel: "error",
});
const args = ["--expose-gc", bundle, ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
