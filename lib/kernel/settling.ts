/**
 * Ends: a frame's generator has ended, its entries are undone, its outcome goes to the caller; a task's last frame
 * has ended. One function for each.
 *
 * E-1 A frame hands over only when nothing of it is left (B2).
 * E-2 A frame below that is doomed by the same or an outer cancellation is cut instead of resumed (C4): errors are
 *     carried along in its own list (C5), a value that was completed before is still delivered (S6).
 */
import { combine, misuse } from "../errors/index.js";
import type { Cancellation } from "./cancellation.js";
import { cancelFrame, landingTarget } from "./cancel.js";
import { Closing } from "./closing.js";
import { leaveFrame } from "./leave-frame.js";
import { FAILED, SETTLED } from "./instruction.js";
import { Call, type Driver } from "./driver.js";
import type { Mark } from "./probe.js";
import { Completed, type Outcome } from "./outcome.js";
import { TaskNode, type Frame, type ScopeNode } from "./tree.js";
import { landingOf, Unwinding } from "./unwinding.js";
import { CONTAINED, HELD } from "./traits.js";

/** The generator, or what stood in for it, has ended with a value. */
export function bodyReturned(task: TaskNode, frame: Frame, value: unknown): void {
  const { scope } = frame;
  if (scope === null) {
    pop(task, frame);
    frame.phase = SETTLED;
    frame.done = true;
    frame.value = value;
    if (frame.parent === null) endTask(task, new Completed(value));
    return;
  }
  if (scope.state === "open") {
    frame.value = value;
    refuseDoomedTask(scope, frame, value);
    if (frame.kind?.awaitsChildren === true && scope.children > 0 && scope.errors === null) {
      scope.state = "awaiting";
      frame.driver = new Closing(scope);
      return;
    }
  }
  close(task, frame, scope);
}

/** The generator has thrown. */
export function bodyThrew(task: TaskNode, frame: Frame, error: unknown): void {
  if (frame.scope === null && frame.parent !== null && task.interrupts === 0) {
    pop(task, frame);
    frame.phase = FAILED;
    frame.value = error;
    leaveFrame(error, frame);
    return;
  }
  const scope = frame.needScope();
  scope.record(error);
  close(task, frame, scope);
}

/**
 * Cuts a frame: its generator is left by `return()`, as far down as the target.
 *
 * @param landing - where it stands, when it cannot be asked
 */
export function cut(frame: Frame, target: Frame, landing?: Mark): void {
  const scope = frame.needScope();
  scope.target = target;
  const { driver } = frame;
  if (scope.state === "open" && driver !== null) {
    frame.driver = new Unwinding(frame, driver, landing ?? landingOf(frame, driver));
    scope.state = "unwinding";
  } else if (scope.state === "awaiting") scope.state = "closing";
  else if (driver instanceof Unwinding) driver.isCutting = true;
}

/** The generator of a frame without a scope, the task's only one, was left by a cancellation and has ended. */
export function bareLeft(task: TaskNode, frame: Frame, cancellation: Cancellation): void {
  pop(task, frame);
  endTask(task, { type: "cancelled", cancellation });
}

/** Takes a frame into its unwinding, of which it is the target itself. */
export function unwinds(frame: Frame, generator: Driver, landing: Mark | null): void {
  const scope = frame.needScope();
  scope.target = frame;
  scope.state = "unwinding";
  frame.driver = new Unwinding(frame, generator, landing);
}

function close(task: TaskNode, frame: Frame, scope: ScopeNode): void {
  if (scope.state === "open" && scope.errors !== null) scope.causes = scope.errors.length;
  if (scope.newest === null) {
    finish(task, frame, scope);
    return;
  }
  scope.state = "closing";
  if (!(frame.driver instanceof Closing)) frame.driver = new Closing(scope);
}

function pop(task: TaskNode, frame: Frame): void {
  task.frame = frame.parent;
  frame.driver = null;
}

/** A task that is returned from the boundary that owns it would arrive cancelled (E5). */
function refuseDoomedTask(scope: ScopeNode, frame: Frame, value: unknown): void {
  if (!(value instanceof TaskNode) || value.owner !== scope || frame.kind?.awaitsChildren === true) return;
  const text =
    `"${frame.name}" returned the task "${value.name}", which is cancelled when "${frame.name}" ends. ` +
    "Return its result (yield* task), or spawn it into a scope that lives longer.";
  scope.record(misuse("DOOMED_TASK", text, Error));
}

/** Everything of the frame is gone: hands its outcome to the caller. */
function finish(task: TaskNode, frame: Frame, scope: ScopeNode): void {
  const below = frame.parent;
  pop(task, frame);
  scope.state = "closed";
  if (scope.cancellation !== null) task.interrupts--;
  if (task.forcedFrom === frame) release(task);
  frame.kind?.closed?.(frame);
  if (scope.watchers !== null) for (const watcher of scope.watchers) watcher.ended();
  const target = below === null || task.interrupts === 0 ? null : doomOf(task, frame, scope);
  const raw = outcomeOf(frame, scope);
  const outcome = frame.kind?.settle?.(raw, frame, target !== null) ?? raw;
  if (below === null) endTask(task, outcome);
  else if (target !== null && !isDelivered(frame, scope, outcome)) {
    if (outcome.type === "errors") passOn(outcome.errors, frame, below.needScope());
    cut(below, target);
  } else deliver(frame, outcome);
}

/** The boundary whose grace was over is gone: what the task does next is protected again (C7). */
function release(task: TaskNode): void {
  task.forcedFrom = null;
  task.interrupts--;
}

/** Errors are carried along by an unwinding that goes on (C5). */
function passOn(errors: readonly unknown[], from: Frame, to: ScopeNode): void {
  for (const error of errors) {
    leaveFrame(error, from);
    to.record(error);
  }
}

/** Where the unwinding that goes on below a frame ends, or null when its caller goes on normally. */
function doomOf(task: TaskNode, frame: Frame, scope: ScopeNode): Frame | null {
  return scope.target !== null && scope.target !== frame ? scope.target : landingTarget(task);
}

/** A completed value reaches even a doomed caller; behind a shield the cancellation lands at once (C6). */
function isDelivered(frame: Frame, scope: ScopeNode, outcome: Outcome): boolean {
  return outcome.type === "value" && scope.target === null && frame.kind?.shields !== true;
}

function outcomeOf(frame: Frame, scope: ScopeNode): Outcome {
  if (scope.errors !== null) return { type: "errors", errors: scope.errors };
  const { target } = scope;
  const cancellation = target === null ? null : (scope.cancellation ?? target.cancellation);
  return cancellation === null ? new Completed(frame.value) : { type: "cancelled", cancellation };
}

/** A scope that was cancelled by its own `cancel()` ends quietly, with no value. */
function deliver(frame: Frame, outcome: Outcome): void {
  if (outcome.type === "errors") {
    frame.phase = FAILED;
    frame.value = combine(outcome.errors);
    leaveFrame(frame.value, frame);
  } else {
    frame.phase = SETTLED;
    frame.done = true;
    frame.value = outcome.type === "value" ? outcome.value : undefined;
  }
}

/** The task's last frame is gone: tells its scope first, so that its own scope's body is unwound, not thrown into (E1). */
function endTask(task: TaskNode, outcome: Outcome): void {
  const { source } = task.root;
  // One that was cancelled before it began.
  if (source instanceof Call) task.root.source = source.fn;
  task.outcome = outcome.type === "errors" ? failed(task, outcome.errors) : outcome;
  const { owner: scope } = task;
  if (scope !== null) {
    scope.unlink(task);
    if (!task.is(HELD)) scope.children--;
    if (task.outcome.type === "errors" && !task.is(CONTAINED))
      childFailed(scope, task, task.outcome.errors[0]);
  }
  const { watchers } = task;
  task.watchers = null;
  if (watchers instanceof Set) for (const watcher of watchers) watcher.ended();
  else watchers?.ended();
  scope?.gone?.check();
}

/** Combined once, so that all who ask get the same object. */
function failed(task: TaskNode, errors: readonly unknown[]): Outcome {
  const error = combine(errors);
  leaveFrame(error, task.root);
  return { type: "errors", errors: [error] };
}

/** Something of a scope has failed: its boundary is cancelled for that (E1). */
export function childFailed(scope: ScopeNode, task: TaskNode, error: unknown): void {
  scope.record(error);
  if (scope.state !== "open" && scope.state !== "awaiting") return;
  cancelFrame(scope.frame, { kind: "failure", reason: error, scope: scope.frame.name, task: task.name });
}
