/** The public face of "coppice/testing": virtual time, cancellation at every point, seeded orders, Jest glue. */
export {
  cancelEverywhere,
  type CancelEverywhereOptions,
  type CancellationReport,
  type CancelledRun,
} from "./cancel-everywhere.js";
export {
  CancellationPointError,
  DeadlockError,
  LeftBehindError,
  SpinningError,
  type CancellationPoint,
} from "./errors.js";
export type { Leftover, LeftoverOptions } from "./leftovers.js";
export { runTest, type RunTestOptions } from "./run-test.js";
export type { TestBody } from "./trial.js";
export type { Check, RunResult } from "./verdict.js";
export { createVirtualClock, type VirtualClock, type VirtualClockOptions } from "./virtual-clock.js";
