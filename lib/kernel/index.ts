/** The kernel's door: what the layers above build on. */
export { checkCount, checkDuration, checkName, checkOptions } from "./arguments.js";
export { bounded, boundedFrame, perform } from "./bounded.js";
export { cancelFrame, cancellationOf, isOutOfReach } from "./cancel.js";
export type { Cancellation, CancellationKind } from "./cancellation.js";
export { areRivals, contend, contestOf, hasFailed, retire } from "./contest.js";
export { lookUp, READ, withValue, type ContextNode, type ContextReader } from "./context.js";
export { maybeOtherCopy } from "./copies.js";
export { CancelledError, CleanupError, TimeoutError } from "./errors.js";
export { installDebugMode } from "./debug-mode.js";
export { surroundings, type Enclosure } from "./enclosure.js";
export { leaveFrame } from "./leave-frame.js";
export { GiveWay, givingWay } from "./give-way.js";
export type { CancelOptions } from "./grace.js";
export { RealHost, type Host } from "./host.js";
export { boundaryOf, currentTask, instantly, Registering, registering, runningTask } from "./instant.js";
export { Wait, type Contest, type WaitDescription, type Waiter } from "./instruction.js";
export { checkOperable } from "./check-operable.js";
export { refusesAwait } from "./refuse-await.js";
export { waiting, waitingChecked } from "./waiting.js";
export { type Instruction, type Operable, type Operation } from "./operation.js";
export { Completed, NOTHING, type Outcome } from "./outcome.js";
export { answer, placesOf, PROBE } from "./probe.js";
export {
  childrenOf,
  describeWait,
  linesOf,
  nameTask,
  placesIn,
  quote,
  shorten,
  tasksBelow,
} from "./reading.js";
export { run, runOn, type RunOptions } from "./run.js";
export { cancelBoundary } from "./ending.js";
export { Scope } from "./scope.js";
export { currentScheduler, Scheduler } from "./scheduler.js";
export {
  adoptInto,
  checkFunction,
  isOperationFunction,
  operation,
  start,
  toFrame,
  type SpawnOptions,
} from "./spawning.js";
export { errorOf, nodeOf, whenEnded, type Future, type Task, type TaskState } from "./task.js";
export { Timer, type Due } from "./timers.js";
export { Cleanup } from "./cleanup.js";
export { Frame, ScopeNode, TaskNode, type Boundary, type Watcher } from "./tree.js";
export { CONTAINED, HELD, OBSERVED, ROOT } from "./traits.js";
export { Call, nameOf } from "./driver.js";
