/**
 * What is to be reached, and whether it was: a list of targets for each work, and the rule for all of them that a
 * million cost no more than twice as much apiece as a thousand.
 */
import { labelOf } from "./peers.mjs";
import { cellAt, ratio, timesAsync, timesCoppice } from "./ratios.mjs";
import { describeUnit, formatNumber, formatRatio, formatSize } from "./units.mjs";

/**
 * @typedef {import("./measure-work.mjs").Cell} Cell
 * @typedef {import("./results.mjs").WorkResult} WorkResult
 *
 * @typedef {object} Target
 * @property {number} size
 * @property {string} text - what is to be reached
 * @property {(work: WorkResult, size: number) => Verdict | undefined} judge - undefined when it was not measured
 *
 * @typedef {object} Verdict
 * @property {string} measured
 * @property {boolean} isReached
 */

const many = 100_000;

/** @type {Record<string, readonly Target[]>} */
const targets = {
  trip: [timesPlain(1.3, many)],
  "call-return": [timesPlain(2, many)],
  "call-yield": [timesPlain(1.5, many)],
  spawn: [timesPlain(1.5, many), aheadBy(4, "effect", many), aheadBy(60, "effection", many)],
  cancel: [aheadOfAll(many)],
  resolved: [timesPlain(2.5, many)],
  "recursion-deep": [works(1_000_000), aheadBy(1, "effect", 1_000_000)],
  "recursion-resume": [timesPlain(1.5, 100), growth(10_000, 100, 1.25)],
  memory: [atMost(700, many, "bytes")],
  "timeout-sequence": [timesPlain(0.25, many)],
  "timeout-parallel": [timesPlain(0.4, many)],
  "timeout-fires": [timesPlain(0.4, many)],
  "queue-1": [timesPlain(1, many), aheadBy(1, "effection", many)],
  "queue-100": [timesPlain(1, many), aheadBy(1, "effection", many)],
  "queue-4x4": [timesPlain(1, many), aheadBy(1, "effection", many)],
  semaphore: [timesPlain(0.6, many), aheadOfAll(many, ["async"])],
  map: [timesPlain(2, many), aheadOfAll(many, ["async"])],
  "group-failure": [aheadOfAll(100), aheadOfAll(10_000)],
  "events-emitter": [timesPlain(1.2, many)],
  "events-target": [timesPlain(1, many)],
  "fairness-lateness": [atMost(10, 1, "ms"), atMost(10, 100, "ms"), atMost(10, 10_000, "ms")],
  "fairness-ready": [atMost(10, 1, "ms"), atMost(10, 100, "ms")],
  "fairness-loss": [atMost(5, 1, "%"), atMost(5, 100, "%")],
  hooks: [atMost(1, 1, "%")],
  "import-time": [atMost(10, 1, "ms")],
  "bundle-size": [atMost(5_000, 1, "bytes")],
};

/** @returns {Target} */
function timesPlain(/** @type {number} */ factor, /** @type {number} */ size) {
  return {
    size,
    text: `at most ${factor}x async/await`,
    judge: ({ cells }) => {
      const times = timesAsync(cells, size);
      return times === undefined ? undefined : { measured: formatRatio(times), isReached: times <= factor };
    },
  };
}

/** @returns {Target} */
function aheadBy(/** @type {number} */ factor, /** @type {string} */ peer, /** @type {number} */ size) {
  return {
    size,
    text: factor === 1 ? `ahead of ${peer}` : `${factor}x faster than ${peer}`,
    judge: ({ cells }) => {
      const times = timesCoppice(cells, size, peer);
      if (times !== undefined) return { measured: formatRatio(times), isReached: times >= factor };
      const outcome = cellAt(cells, size, peer)?.outcome;
      if (outcome === undefined || cellAt(cells, size, "coppice")?.median === undefined) return undefined;
      return { measured: `${peer}: ${outcome}`, isReached: true };
    },
  };
}

/** @returns {Target} */
function aheadOfAll(/** @type {number} */ size, /** @type {readonly string[]} */ exceptions = []) {
  return {
    size,
    text: exceptions.length === 0 ? "ahead of all" : "ahead of all libraries",
    judge: ({ cells }) => {
      const others = cells
        .filter((cell) => cell.size === size && cell.peer !== "coppice" && !exceptions.includes(cell.peer))
        .flatMap(({ peer }) => {
          const times = timesCoppice(cells, size, peer);
          return times === undefined ? [] : [{ peer, times }];
        })
        .sort((a, b) => a.times - b.times);
      const [best] = others;
      if (best === undefined) return undefined;
      return { measured: `${formatRatio(best.times)} ${labelOf(best.peer)}`, isReached: best.times >= 1 };
    },
  };
}

/** @returns {Target} */
function atMost(/** @type {number} */ limit, /** @type {number} */ size, /** @type {string} */ unit) {
  return {
    size,
    text: `at most ${formatNumber(limit)} ${unit}`,
    judge: ({ cells }) => {
      const value = cellAt(cells, size, "coppice")?.median;
      if (value === undefined) return undefined;
      return { measured: `${formatNumber(value)} ${unit}`, isReached: value <= limit };
    },
  };
}

/** @returns {Target} */
function works(/** @type {number} */ size) {
  return {
    size,
    text: "works",
    judge: ({ cells }) => {
      const cell = cellAt(cells, size, "coppice");
      if (cell === undefined) return undefined;
      const isReached = cell.median !== undefined;
      return { measured: isReached ? "works" : (cell.outcome ?? ""), isReached };
    },
  };
}

/** @returns {Target} */
function growth(/** @type {number} */ large, /** @type {number} */ small, /** @type {number} */ factor) {
  return {
    size: large,
    text: `at most ${factor}x the cost at ${formatSize(small)}`,
    judge: ({ cells }) => {
      const times = ratio(cellAt(cells, large, "coppice"), cellAt(cells, small, "coppice"));
      return times === undefined ? undefined : { measured: formatRatio(times), isReached: times <= factor };
    },
  };
}

/** The sizes of a work for which there is something to reach, beside the growth up to a million. */
export function sizesToReach(/** @type {string} */ workName) {
  return (targets[workName] ?? []).map(({ size }) => size);
}

const fromThousandToMillion = growth(1_000_000, 1_000, 2);

/**
 * The verdict on every target whose work was measured.
 *
 * @param {Record<string, WorkResult>} measured
 */
export function verdicts(measured) {
  return Object.entries(measured).flatMap(([name, work]) =>
    [...(targets[name] ?? []), fromThousandToMillion].flatMap((target) => {
      const verdict = target.judge(work, target.size);
      if (verdict === undefined) return [];
      const what = target.size === 1 ? work.title : `${work.title}, ${formatSize(target.size)}`;
      return [{ what, unit: describeUnit(work), text: target.text, ...verdict }];
    }),
  );
}
