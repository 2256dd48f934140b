/**
 * Builds of Coppice for the hooks work: as it is, and without the places in the kernel where somebody may look on or
 * choose the order instead (O3, O5). A place that is not found any more is an error, so that nothing is measured that is
 * not what it says. What is never off, such as the probe by which a cancellation lands (O2), stays in both.
 */
import { readFile } from "node:fs/promises";

import { build } from "esbuild";

/** What is taken out of the kernel's compiled files, by name: what to find, and what is left of it. */
const hooks = [
  {
    name: "the choice of the next ready task",
    find: /chooseReady === undefined \?/g,
    leave: "true ?",
  },
  { name: "the observer of yields", find: /task\.scheduler\.yielded\?\.\(task\);/g, leave: "" },
  {
    name: "the observer of late settlements",
    find: /this\.task\?\.scheduler\.strayed\?\.\(this\)/g,
    leave: "0",
  },
  { name: "the observer of new tasks", find: /surroundings\.enclosure\?\.taskMade\(task\);/g, leave: "" },
  { name: "the enclosure of turns", find: /surroundings\.enclosure === null/g, leave: "true" },
];

const index = new URL("../../dist/index.js", import.meta.url);

/** @returns {Promise<typeof import("coppice")>} */
export function loadWithHooks() {
  return load([]);
}

/** @returns {Promise<typeof import("coppice")>} */
export async function loadWithoutHooks() {
  const found = new Set();
  const stripped = await load([
    {
      name: "without-hooks",
      setup({ onLoad }) {
        onLoad({ filter: /[\\/]dist[\\/]kernel[\\/][a-z-]+\.js$/ }, async ({ path }) => {
          let contents = await readFile(path, "utf8");
          for (const { name, find, leave } of hooks) {
            const rest = contents.replace(find, leave);
            if (rest !== contents) found.add(name);
            contents = rest;
          }
          return { contents };
        });
      },
    },
  ]);
  const missing = hooks.filter(({ name }) => !found.has(name)).map(({ name }) => name);
  if (missing.length > 0) throw new Error(`The kernel has no such hooks any more: ${missing.join(", ")}.`);
  return stripped;
}

/** Both are bundled alike; the same text twice is two modules of their own. */
async function load(/** @type {import("esbuild").Plugin[]} */ plugins) {
  const { outputFiles } = await build({
    entryPoints: [index.pathname],
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifySyntax: true,
    write: false,
    plugins,
  });
  const [file] = outputFiles;
  return import(`data:text/javascript;base64,${Buffer.from(file?.contents ?? []).toString("base64")}`);
}
