/**
 * Measures one work: every peer at every size, several runs, each in its own process. The peers take turns, so
 * that what else happens on the machine falls on all alike. The first run is always made in full; the sizes
 * that are compared come next; further runs are made as long as there is time.
 */
import { measureInOwnProcess } from "./measurement-process.mjs";
import { summarise, median } from "./statistics.mjs";
import { sizesToReach } from "./targets.mjs";

/** A measurement longer than this is repeated only when there is time. */
const shortProcessMs = 1_500;
/** In these runs go only the size that short tables show and those with something to reach. */
const isForFew = (/** @type {number} */ run) => run % 3 !== 0;
/** So many runs these sizes get whatever time is left. */
const leastRuns = 3;

/**
 * @typedef {object} Cell - what one peer did at one size
 * @property {number} size
 * @property {string} peer
 * @property {number} [median]
 * @property {number} [min]
 * @property {number} [max]
 * @property {number[]} [medians] - of each run
 * @property {string} [outcome] - in place of numbers: why there are none
 * @property {string} [detail]
 *
 * @param {import("./plan.mjs").PlannedWork} planned
 * @param {import("./plan.mjs").Budget} budget
 * @param {{ endsAt: number, showProgress: (text: string) => void }} course
 * @returns {Promise<Cell[]>}
 */
export async function measureWork(planned, budget, { endsAt, showProgress }) {
  const series = planned.sizes.flatMap((size) => planned.peerNames.map((peer) => newSeries(size, peer)));
  for (let run = 0; run < planned.runs; run++) {
    for (const one of series) {
      one.outcome ??= whyNotRun(one, series, planned, budget);
      // Sizes beyond the headline are there to see how cost grows: they are the first to go without.
      if (run === 0 && one.size > planned.work.headline && performance.now() > endsAt)
        one.outcome ??= "no time";
      if (one.outcome !== undefined || !isInRun(one, run, planned, endsAt)) continue;
      showProgress(`${planned.name} ${one.size} ${one.peer}, run ${run + 1} of ${planned.runs}`);
      await addRun(one, planned, budget);
    }
  }
  return series.map(cellOf);
}

/**
 * @param {Series} series
 * @param {number} run
 * @param {import("./plan.mjs").PlannedWork} planned
 * @param {number} endsAt
 */
function isInRun({ size, processMs }, run, { name, work, sizes }, endsAt) {
  if (run === 0) return true;
  if (isForFew(run) && sizes.length > 1 && sizes.includes(work.headline)) {
    if (size !== work.headline && !sizesToReach(name).includes(size)) return false;
    if (run < leastRuns && processMs < shortProcessMs) return true;
  }
  return performance.now() + processMs < endsAt;
}

/** @typedef {ReturnType<typeof newSeries>} Series - the runs of one peer at one size */
function newSeries(/** @type {number} */ size, /** @type {string} */ peer) {
  return {
    size,
    peer,
    medians: /** @type {number[]} */ ([]),
    processMs: 0,
    fastestMs: Infinity,
    outcome: /** @type {string | undefined} */ (undefined),
    detail: /** @type {string | undefined} */ (undefined),
  };
}

/**
 * A size is left out when the smaller one before it shows that it would run out of time.
 *
 * @param {Series} series
 * @param {readonly Series[]} all
 * @param {import("./plan.mjs").PlannedWork} planned
 * @param {import("./plan.mjs").Budget} budget
 */
function whyNotRun({ size, peer }, all, { work }, { limitMs, largeLimitMs }) {
  if (size > (work.largestSizes?.[peer] ?? Infinity)) return "not run";
  const smaller = all.filter((series) => series.peer === peer && series.size < size).at(-1);
  if (smaller === undefined || work.gauge === "own") return undefined;
  const foreseenMs = smaller.medians.length === 0 ? 0 : (smaller.fastestMs * size) / smaller.size;
  const isTooSlow =
    smaller.outcome === "too slow" || foreseenMs > (size > work.headline ? largeLimitMs : limitMs);
  return isTooSlow ? "too slow" : undefined;
}

/**
 * @param {Series} series
 * @param {import("./plan.mjs").PlannedWork} planned
 * @param {import("./plan.mjs").Budget} budget
 */
async function addRun(series, { name, work }, budget) {
  const from = performance.now();
  const what = { workName: name, work, peerName: series.peer, size: series.size };
  const measurement = await measureInOwnProcess(what, budget);
  series.processMs = performance.now() - from;
  if ("samples" in measurement) {
    series.medians.push(median(measurement.samples));
    series.fastestMs = Math.min(series.fastestMs, measurement.fastestMs);
  } else {
    Object.assign(series, measurement);
  }
}

/** @returns {Cell} */
function cellOf(/** @type {Series} */ { size, peer, medians, outcome, detail }) {
  if (outcome === undefined) return { size, peer, ...summarise(medians) };
  return { size, peer, outcome, ...(detail === undefined ? {} : { detail }) };
}
