/**
 * Writes what results/latest.json holds into the pages that have a place for it, between the lines
 * `<!-- bench:start -->` and `<!-- bench:end -->`, and draws results/chart.svg.
 *
 * node benchmarks/render.mjs
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

import { format, resolveConfig } from "prettier";

import { drawChart } from "./chart.mjs";
import { readLatest } from "./results.mjs";
import { detailsAsMarkdown, summaryAsMarkdown, targetsAsMarkdown } from "./tables.mjs";

const root = new URL("../", import.meta.url);
const startMarker = "<!-- bench:start -->";
const endMarker = "<!-- bench:end -->";

const pages = [
  { file: "README.md", write: summaryAsMarkdown },
  { file: "docs/performance.md", write: everythingAsMarkdown },
];

function everythingAsMarkdown(/** @type {import("./results.mjs").Results["works"]} */ works) {
  return `## To reach\n\n${targetsAsMarkdown(works)}\n\n## Works\n\n${detailsAsMarkdown(works)}`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of await render()) console.log(`Updated ${file}.`);
}

/** @returns {Promise<string[]>} the files that were written */
export async function render() {
  const results = readLatest();
  if (results === undefined) throw new Error("There are no results yet. Run npm run bench first.");
  const chartFile = "benchmarks/results/chart.svg";
  writeFileSync(new URL(chartFile, root), drawChart(results));
  const written = [chartFile];
  for (const { file, write } of pages) {
    const text = `${setUp(results.environment)}\n\n${write(results.works)}`;
    if (await replaceBetweenMarkers(file, text)) written.push(file);
  }
  return written;
}

function setUp(/** @type {import("./results.mjs").Results["environment"]} */ { node, libraries, machine }) {
  const versions = Object.entries(libraries)
    .filter(([name]) => name !== "esbuild")
    .map(([name, version]) => `${name} ${version}`);
  return `Node ${node}; ${versions.join(", ")}; ${machine}. Medians of runs in processes of their own; less is better.`;
}

async function replaceBetweenMarkers(/** @type {string} */ file, /** @type {string} */ text) {
  const path = fileURLToPath(new URL(file, root));
  if (!existsSync(path)) return false;
  const page = readFileSync(path, "utf8");
  const start = page.indexOf(startMarker);
  const end = page.indexOf(endMarker);
  if (start < 0 || end < start) return false;
  const renewed = `${page.slice(0, start + startMarker.length)}\n\n${text}\n\n${page.slice(end)}`;
  writeFileSync(path, await format(renewed, { ...(await resolveConfig(path)), filepath: path }));
  return true;
}
