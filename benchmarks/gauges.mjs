/**
 * What is read off while a program runs. The measuring process starts the gauge before the program and stops
 * it after; a program that gets ready first, or tidies up afterwards, narrows that by calling `start()` again
 * and `stop()` itself, and the first `stop()` counts.
 */

import { performance } from "node:perf_hooks";

/**
 * @typedef {object} Gauge
 * @property {() => void} start
 * @property {() => void} stop
 * @property {(value: number) => void} record - for programs that read something off themselves
 * @property {number} reading - nanoseconds, bytes, or what was recorded
 */

/** @param {() => number} readNow - the quantity so far; a gauge shows how much it grew */
function differenceGauge(readNow) {
  let from = 0;
  let isRunning = false;
  return {
    reading: 0,
    start() {
      isRunning = true;
      from = readNow();
    },
    stop() {
      if (!isRunning) return;
      this.reading = readNow() - from;
      isRunning = false;
    },
    record() {
      throw new Error('Only a work with `gauge: "own"` records its readings itself.');
    },
  };
}

function ownGauge() {
  return {
    reading: Number.NaN,
    start() {},
    stop() {},
    record(/** @type {number} */ value) {
      this.reading = value;
    },
  };
}

/** Time in which the event loop was busy, so that waiting for a timer costs nothing but handling it does. */
function busyNanoseconds() {
  return performance.eventLoopUtilization().active * 1e6;
}

/** The live heap: garbage is collected first, which needs node --expose-gc. */
function liveHeapBytes() {
  const collectGarbage = /** @type {{ gc?: () => void }} */ (globalThis).gc;
  if (collectGarbage === undefined) throw new Error("Measuring memory needs node --expose-gc.");
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** @type {Record<string, () => Gauge>} */
export const gauges = {
  time: () => differenceGauge(() => performance.now() * 1e6),
  busy: () => differenceGauge(busyNanoseconds),
  heap: () => differenceGauge(liveHeapBytes),
  own: ownGauge,
};
