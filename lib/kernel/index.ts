/** The kernel's door: what the layers above build on. */
export { checkCount, checkDuration, checkName, checkOptions } from "./arguments.js";
export { bounded, perform } from "./bounded.js";
export { cancelFrame, cancellationOf } from "./cancel.js";
export type { Cancellation, CancellationKind } from "./cancellation.js";
export { lookUp, withValue, type ContextNode } from "./context.js";
export { CancelledError, CleanupError, clip, misuse, show, TimeoutError } from "./errors.js";
export { combine, ExceptionGroup, type ErrorFilter } from "./exception-group.js";
export { GiveWay } from "./give-way.js";
export type { CancelOptions } from "./grace.js";
export type { Host } from "./host.js";
export { boundaryOf, currentTask, instantly, registering } from "./instant.js";
export {
  checkOperable,
  refusesAwait,
  Wait,
  waiting,
  type Instruction,
  type Operable,
  type Operation,
  type WaitDescription,
} from "./instruction.js";
export type { Outcome } from "./outcome.js";
export { run, runOn, type RunOptions } from "./run.js";
export { cancelBoundary, Scope } from "./scope.js";
export { currentScheduler, Scheduler } from "./scheduler.js";
export { adoptInto, checkFunction, operation, start, toFrame, type SpawnOptions } from "./spawning.js";
export { errorOf, nodeOf, whenEnded, type Future, type Task, type TaskState } from "./task.js";
export { Timer, type Due } from "./timers.js";
export { Cleanup, Frame, ScopeNode, TaskNode, type Boundary, type Watcher } from "./tree.js";
