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
import { parseArgs } from "node:util";

import { measureWork } from "./measure-work.mjs";
import { makePlan } from "./plan.mjs";
import { findPython } from "./python.mjs";
import { render } from "./render.mjs";
import { environment, keep, resultOf } from "./results.mjs";
import { targetsAsText, workAsText } from "./tables.mjs";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    peers: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
    minutes: { type: "string", default: "" },
  },
});
const choice = { only: names(values.only), peers: names(values.peers), isQuick: values.quick };

const keepsResults = choice.peers.length === 0;
/** A part takes less than two minutes, all of it less than a quarter of an hour. */
const minutes = Number(values.minutes) || Math.min(14, (choice.only.length || Infinity) * 1.8);
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

function names(/** @type {string} */ list) {
  return list.split(",").filter((name) => name !== "");
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
