/**
 * The measuring process: loads one work of one peer, runs it at one size and prints one line of JSON, either
 * `{ "samples": [...], "fastestMs": ... }` or `{ "outcome": "...", "detail": "..." }`. It loads nothing but what it
 * measures.
 *
 * node benchmarks/measure.mjs <work> <peer> <size> <warm-up ms> <measuring ms>
 */
import { isDeepStrictEqual } from "node:util";

import { gauges } from "./gauges.mjs";
import { perItem } from "./units.mjs";

const leastSamples = 3;
const smallSize = 1_000;
/** An iteration longer than this has warmed up within itself: it is taken as the only sample. */
const longIterationMs = 1_000;

class WrongValue extends Error {
  constructor(/** @type {unknown} */ value, /** @type {unknown} */ expected) {
    super(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(value)}`);
  }
}

const [workName = "", peerName = "", sizeText = "", warmUpText = "", measuringText = ""] =
  process.argv.slice(2);
const size = Number(sizeText);

const { work } = await import(`./works/${workName}.mjs`);
const gauge = gauges[work.gauge ?? "time"]();
/** How long the latest iteration took, and the fastest one at the full size. */
let latestMs = 0;
let fastestMs = Infinity;

try {
  const program = await work.peers[peerName]();
  const samples = work.isFresh ? [await sampleOnce(program, size)] : await sampleRepeatedly(program);
  answer({ samples, fastestMs });
} catch (error) {
  answer(outcomeOf(error));
}

/** @param {(size: number, gauge: unknown) => unknown} program */
async function sampleRepeatedly(program) {
  if (size > smallSize) await sampleOnce(program, smallSize);
  const warmUpEnd = performance.now() + Number(warmUpText);
  do {
    const sample = await sampleOnce(program, size);
    if (latestMs > longIterationMs) return [sample];
  } while (performance.now() < warmUpEnd);

  const samples = [];
  const from = performance.now();
  const hasTimeLeft = () => {
    const spent = performance.now() - from;
    return spent < Number(measuringText) || (samples.length < leastSamples && spent < longIterationMs);
  };
  while (samples.length === 0 || hasTimeLeft()) samples.push(await sampleOnce(program, size));
  return samples;
}

/**
 * @param {(size: number, gauge: unknown) => unknown} program
 * @param {number} programSize
 */
async function sampleOnce(program, programSize) {
  const from = performance.now();
  gauge.start();
  const value = await program(programSize, gauge);
  gauge.stop();
  latestMs = performance.now() - from;
  if (programSize === size) fastestMs = Math.min(fastestMs, latestMs);
  const expected = work.expected(programSize);
  if (!isDeepStrictEqual(value, expected)) throw new WrongValue(value, expected);
  return work.gauge === "own" ? gauge.reading : perItem(gauge.reading, work, programSize);
}

/** @param {unknown} error */
function outcomeOf(error) {
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (error instanceof WrongValue) return { outcome: "wrong value", detail };
  if (/Maximum call stack size exceeded/.test(detail)) return { outcome: "overflows", detail };
  if (/Cannot find package/.test(detail)) return { outcome: "not installed", detail };
  return { outcome: "failed", detail };
}

/** Leaves at once: what the program left behind (parked promises, timers) is not waited for. */
function answer(/** @type {unknown} */ message) {
  process.stdout.write(`${JSON.stringify(message)}\n`, () => process.exit(0));
}
