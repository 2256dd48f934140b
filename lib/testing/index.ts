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
  ScheduleError,
  SpinningError,
  type CancellationPoint,
  type FailingSchedule,
} from "./errors.js";
export { eventLog, type EventLog } from "./event-log.js";
export { explore, replay, type ExploreOptions } from "./explore.js";
export type { ExplorationReport, ExploredRun, ReplayOptions } from "./exploration.js";
export type { Leftover, LeftoverOptions } from "./leftovers.js";
export type { Limits } from "./limits.js";
export type { CoppiceMatchers } from "./matcher-types.js";
export { matchers, type Expected, type MatcherResult } from "./matchers.js";
export { runTest, type RunTestOptions } from "./run-test.js";
export { testOperation } from "./test-operation.js";
export type { TestBody } from "./trial.js";
export type { Check, RunResult } from "./verdict.js";
export { createVirtualClock, type VirtualClock, type VirtualClockOptions } from "./virtual-clock.js";
export { waitAllParked } from "./wait-all-parked.js";
