/** What a call of run.mjs measures: which works, at which sizes, how often and for how long. */
import { peersOf } from "./peers.mjs";
import { workNames } from "./works/index.mjs";

const fullBudget = {
  runs: 5,
  warmUpMs: 200,
  measuringMs: 150,
  limitMs: 20_000,
  /** Beyond the size that short tables show, which is there to see how cost grows. */
  largeLimitMs: 5_000,
  largestSize: Infinity,
};
const quickBudget = {
  runs: 2,
  warmUpMs: 100,
  measuringMs: 100,
  limitMs: 10_000,
  largeLimitMs: 5_000,
  largestSize: 10_000,
};

/**
 * @typedef {typeof fullBudget} Budget
 *
 * @typedef {object} PlannedWork
 * @property {string} name
 * @property {any} work
 * @property {readonly number[]} sizes
 * @property {readonly string[]} peerNames
 * @property {number} runs
 */

/**
 * @param {{ only: readonly string[], peers: readonly string[], isQuick: boolean, more: number }} choice - `more`: how
 *   many times the usual time there is
 * @returns {Promise<{ budget: Budget, works: PlannedWork[] }>}
 */
export async function makePlan({ only, peers, isQuick, more }) {
  const fullRuns = Math.round(fullBudget.runs * Math.max(1, more));
  const budget = isQuick ? quickBudget : { ...fullBudget, runs: fullRuns };
  const names = workNames.filter((name) => only.length === 0 || only.some((part) => isPart(name, part)));
  const works = [];
  for (const name of names) {
    const { work } = await import(`./works/${name}.mjs`);
    const present = peersOf(work).map((peer) => peer.name);
    works.push({
      name,
      work,
      sizes: work.sizes.filter((/** @type {number} */ size) => size <= budget.largestSize),
      peerNames: present.filter((peer) => peers.length === 0 || peers.includes(peer)),
      runs: isQuick ? Math.min(budget.runs, work.runs ?? budget.runs) : (work.runs ?? budget.runs),
    });
  }
  return { budget, works };
}

/** @param {string} part - a name, or how several begin */
export function worksNamed(part) {
  return workNames.filter((name) => isPart(name, part));
}

/** "queue" stands for "queue-1", "queue-100" and "queue-4x4". */
function isPart(/** @type {string} */ name, /** @type {string} */ part) {
  return name === part || name.startsWith(`${part}-`);
}
