/**
 * The work of the fairness benchmarks: that many tasks spin for a while, each round of a task giving way or
 * using something that is ready at once, while the host's own 1 ms timer runs beside them.
 */
import { quantile } from "../statistics.mjs";

const spinMs = 200;

/**
 * @typedef {object} Spin - what the spinning tasks of one program share
 * @property {number} end
 * @property {number} rounds - made so far, by all of them together
 * @property {boolean} isOver
 *
 * @typedef {(spin: Spin, tasks: number) => PromiseLike<number>} SpinAll - tells how many tasks came to their end
 */

/** @type {() => Spin} */
const newSpin = () => ({ end: performance.now() + spinMs, rounds: 0, isOver: false });

/** Counts a round and tells whether time is up; it looks at the clock only now and then, to stay cheap. */
export function endsRound(/** @type {Spin} */ spin) {
  spin.rounds += 1;
  if (spin.rounds % 64 === 0 && performance.now() >= spin.end) spin.isOver = true;
  return spin.isOver;
}

/** Records how late the timer is: 99 of 100 times not later than this. In milliseconds. */
export function timerLateness(/** @type {SpinAll} */ spinAll) {
  return async (tasks, gauge) => {
    await spinAll(newSpin(), tasks);
    const stop = watchTimer();
    const finished = await spinAll(newSpin(), tasks);
    gauge.record(quantile(stop(), 0.99));
    return finished;
  };
}

/** Records the time of one round of one task while the timer runs. In nanoseconds. */
export function roundCost(/** @type {SpinAll} */ spinAll) {
  return async (tasks, gauge) => {
    await spinAll(newSpin(), tasks);
    const stop = watchTimer();
    const { cost, finished } = await timeRounds(spinAll, tasks);
    stop();
    gauge.record(cost);
    return finished;
  };
}

/** Records by how much the timer slows the rounds down. In percent of the rounds made without it. */
export function throughputLoss(/** @type {SpinAll} */ spinAll) {
  return async (tasks, gauge) => {
    const finished = await spinAll(newSpin(), tasks);
    const cost = { alone: Infinity, beside: Infinity };
    // In this order warming up falls on both alike; what else the machine does is left out with the slower ones.
    for (const company of /** @type {const} */ (["alone", "beside", "beside", "alone", "alone", "beside"])) {
      const stop = company === "beside" ? watchTimer() : () => {};
      cost[company] = Math.min(cost[company], (await timeRounds(spinAll, tasks)).cost);
      stop();
    }
    gauge.record(100 * (1 - cost.alone / cost.beside));
    return finished;
  };
}

/**
 * @param {SpinAll} spinAll
 * @param {number} tasks
 */
async function timeRounds(spinAll, tasks) {
  const spin = newSpin();
  const from = performance.now();
  const finished = await spinAll(spin, tasks);
  return { cost: ((performance.now() - from) * 1e6) / spin.rounds, finished };
}

/** Keeps the 1 ms timer going and notes how late it is each time; call what it returns to stop it. */
function watchTimer() {
  /** @type {number[]} */
  const lateness = [];
  let due = 0;
  let handle = arm();
  return () => {
    clearTimeout(handle);
    lateness.push(Math.max(0, performance.now() - due));
    return lateness;
  };

  function arm() {
    due = performance.now() + 1;
    return setTimeout(tick, 1);
  }

  function tick() {
    lateness.push(performance.now() - due);
    handle = arm();
  }
}
