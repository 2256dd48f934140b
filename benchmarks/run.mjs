/**
 * Measures Coppice and its peers side by side and keeps the results.
 *
 * npm run bench                            everything
 * npm run bench -- --only spawn,queue      some works; "queue" is all whose name begins so
 * npm run bench -- --quick                 fewer runs, sizes up to 10,000; kept apart from the full results
 * npm run bench -- --peers coppice,async   some peers; only printed, not kept
 * npm run bench -- --minutes 30            more time, for more runs
 */
import { availableParallelism, loadavg } from "node:os";

import { Command, InvalidArgumentError } from "commander";

import { positive, wordsOf } from "./command-line.mjs";
import { measureWork } from "./measure-work.mjs";
import { peerNames } from "./peers.mjs";
import { makePlan, worksNamed } from "./plan.mjs";
import { findPython } from "./python.mjs";
import { render } from "./render.mjs";
import { environment, keep, resultOf } from "./results.mjs";
import { targetsAsText, workAsText } from "./tables.mjs";
import { workNames } from "./works/index.mjs";

const { only, peers, quick, ...given } = new Command("npm run bench --")
  .description("Measures Coppice and its peers side by side.")
  .option("--only <works>", "some works; a name stands for all that begin with it", worksOf, [])
  .option("--peers <names>", "some peers; the results are only printed", wordsOf(peerNames), [])
  .option("--quick", "fewer runs, sizes up to 10,000; the results are kept apart", false)
  .option("--minutes <number>", "more time, for more runs", positive)
  .parse()
  .opts();
/** A part takes less than two minutes, all of it less than a quarter of an hour. */
const usualMinutes = Math.min(14, (only.length || Infinity) * 1.8);
const minutes = given.minutes ?? usualMinutes;
const choice = { only, peers, isQuick: quick, more: minutes / usualMinutes };

const keepsResults = peers.length === 0;
const endsAt = performance.now() + minutes * 60_000;

const { budget, works } = await makePlan(choice);
console.log(describe(environment()));
warnOfLoad();
if (findPython() === null) console.log("No python3 of 3.11 or later was found: asyncio is left out.");

/** @type {Record<string, import("./results.mjs").WorkResult>} */
const results = {};
for (const [index, planned] of works.entries()) {
  const { name } = planned;
  // What one work leaves of its share goes to those after it.
  const shareMs = (endsAt - performance.now()) / (works.length - index);
  const course = { endsAt: performance.now() + shareMs, showProgress };
  const result = resultOf(planned, await measureWork(planned, budget, course));
  showProgress("");
  console.log(`\n${workAsText(result)}`);
  results[name] = result;
  // Kept at once, so that a run that is broken off is not lost.
  if (!reportFaults(name, result) && keepsResults) keep(name, result, choice);
}

const targetTexts = targetsAsText(results);
if (targetTexts.length > 0) console.log(`\nTo reach, and what was measured\n${targetTexts.join("\n")}`);
if (keepsResults && !choice.isQuick && process.exitCode !== 1) {
  for (const file of await render()) console.log(`Updated ${file}.`);
}

function worksOf(/** @type {string} */ list) {
  const parts = list.split(",");
  const unknown = parts.find((part) => worksNamed(part).length === 0);
  if (unknown === undefined) return parts;
  throw new InvalidArgumentError(`There is no work "${unknown}". There are: ${workNames.join(", ")}.`);
}

function describe(/** @type {ReturnType<typeof environment>} */ { node, libraries, machine }) {
  const versions = Object.entries(libraries).map(([name, version]) => `${name} ${version}`);
  return `node ${node}, ${versions.join(", ")}\n${machine}`;
}

/** What else runs on the machine is measured along: such numbers compare, but they are no record. */
function warnOfLoad() {
  const [load = 0] = loadavg();
  const cores = availableParallelism();
  if (load < cores / 2) return;
  console.log(`The machine is busy: load ${load.toFixed(1)} on ${cores} cores. Expect a wide spread.`);
}

function showProgress(/** @type {string} */ text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** A program that failed or gave a wrong value is no result: it is named, the call fails, nothing is kept. */
function reportFaults(
  /** @type {string} */ name,
  /** @type {import("./results.mjs").WorkResult} */ { cells },
) {
  const faults = cells.filter(({ outcome }) => outcome === "failed" || outcome === "wrong value");
  for (const { peer, size, outcome, detail } of faults) {
    console.error(`${name}, ${peer}, ${size}: ${outcome}\n${detail ?? ""}`);
    process.exitCode = 1;
  }
  return faults.length > 0;
}
