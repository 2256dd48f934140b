/**
 * Makes `dist/bundle`, which Node loads instead of a file for each module: all of the core in one file, which every
 * entry shares, for each file takes Node half a millisecond and more. Most of the rest is parsing: so it has neither
 * comments nor white space, and names as they are, for stacks show them.
 */
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

const { exports } = JSON.parse(await readFile("package.json", "utf8"));
const entries = Object.values(exports).flatMap((entry) => entry.default ?? []);
// Loaded by name, in threads.
entries.push("./dist/node/thread-entry.js");

const core = resolve(exports["."].default);
const others = new Set(entries.map((entry) => resolve(entry)).filter((entry) => entry !== core));

/** What all entries import stands in one file: so each imports the whole core. */
const sharing = {
  name: "sharing",
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, async ({ path }) =>
      others.has(path)
        ? { contents: `${await readFile(path, "utf8")}\nimport ${JSON.stringify(core)};` }
        : undefined,
    );
  },
};

await build({
  entryPoints: entries,
  plugins: [sharing],
  outdir: "dist/bundle",
  outbase: "dist",
  chunkNames: "coppice-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  sourcemap: true,
  // An uncaught error is printed with the line that threw it.
  lineLimit: 100,
  minifyWhitespace: true,
  minifySyntax: true,
  // `sideEffects` would take out the imports that make the entries share.
  ignoreAnnotations: true,
  logLevel: "warning",
});
