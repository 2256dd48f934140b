/** The public face of "coppice/testing": virtual time, cancellation at every point, seeded orders, Jest glue. */
export { DeadlockError, LeftBehindError, SpinningError } from "./errors.js";
export type { Leftover, LeftoverOptions } from "./leftovers.js";
export { runTest, type RunTestOptions } from "./run-test.js";
export type { TestBody } from "./trial.js";
export { createVirtualClock, type VirtualClock, type VirtualClockOptions } from "./virtual-clock.js";
