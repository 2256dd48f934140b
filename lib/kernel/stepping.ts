/**
 * One turn of one task: resumes the generator on top of its stack until the task is parked, has given way or has
 * ended. Stays a loop whatever is called (S7).
 */
import type { Cancellation } from "./cancellation.js";
import { byHandError } from "./errors.js";
import { failInPlace, takeBack } from "./by-hand.js";
import { interrupt, landingTarget } from "./cancel.js";
import { BEGUN, DEFERRED, FAILED, mayBegin, WITHDRAWN, type Wait } from "./instruction.js";
import { bareLeft, bodyReturned, bodyThrew, cut, unwinds } from "./settling.js";
import { type Frame, type TaskNode } from "./tree.js";
import { BEGIN, LAND, RESUME, START } from "./turn.js";
import { makeDriver, type Driver } from "./driver.js";
import { landingOf, notAnOperation } from "./unwinding.js";

/** Steps the task until it suspends. Its wait is settled, or it has just begun. */
export function advance(task: TaskNode): void {
  for (let frame = task.frame; frame !== null; frame = task.frame) {
    const { driver } = frame;
    if (driver === null) return;
    let result;
    try {
      result = driver.next();
    } catch (error) {
      takeBack(task, frame);
      bodyThrew(task, frame, error);
      if (mustPause(task)) return;
      continue;
    }
    const { wait } = task;
    // Waits and frames are their own results: most steps are told by identity, without a look at any property.
    let yielded: unknown = result;
    if (yielded !== wait && yielded !== task.frame) {
      if (result.done === true) {
        if (wait === null && task.frame === frame) bodyReturned(task, frame, result.value);
        else returnedByHand(task, frame);
        if (mustPause(task)) return;
        continue;
      }
      yielded = result.value;
    }
    if (yielded === wait && wait !== null) {
      if (task.frame !== frame) failInPlace(task, frame);
      else if (task.interrupts === 0) return;
      else {
        task.scheduler.yielded?.(task);
        if (!afterYield(task, wait)) return;
      }
    } else if (yielded !== task.frame) refuse(task, frame, yielded);
    else if (task.frame?.parent !== frame) failInPlace(task, frame);
  }
}

/** The end of a frame is a step like any other: a deep stack does not come back in one turn (S4). */
function mustPause(task: TaskNode): boolean {
  const { scheduler } = task;
  return task.frame !== null && task.wait === null && --scheduler.budget < 0 && !scheduler.mayGoOn(task);
}

/** Does what a turn begins with; false when the task is parked again. */
export function beginTurn(task: TaskNode): boolean {
  const { turn, wait } = task;
  task.turn = RESUME;
  if (turn === START) return start(task, task.root);
  if (turn === LAND) {
    land(task);
    return true;
  }
  if (turn === BEGIN && wait !== null)
    return task.interrupts === 0 ? begin(task, wait) : afterYield(task, wait);
  return true;
}

function start(task: TaskNode, root: Frame): boolean {
  try {
    root.driver = makeDriver(root);
  } catch (error) {
    bodyThrew(task, root, error);
    return false;
  }
  return true;
}

/** A cancellation is pending somewhere on the stack: lands it, or lets the wait go on behind its shield. */
function afterYield(task: TaskNode, wait: Wait<unknown>): boolean {
  if (landingTarget(task) === null) return goOn(task, wait);
  if (wait.phase === DEFERRED) {
    wait.phase = WITHDRAWN;
    task.wait = null;
    land(task);
    return true;
  }
  // Begun, and cancelled by its own beginning: the landing takes its turn.
  interrupt(task);
  return false;
}

/** Begins a wait that was deferred only because a cancellation is pending that does not reach it. */
function goOn(task: TaskNode, wait: Wait<unknown>): boolean {
  if (wait.phase !== DEFERRED || task.turn !== RESUME) return false;
  const { scheduler } = task;
  if (--scheduler.budget < 0 && !mayBegin(wait, task)) return false;
  return begin(task, wait);
}

function land(task: TaskNode): void {
  const { frame } = task;
  const target = landingTarget(task);
  if (frame === null || target === null) return;
  const isBare = frame.scope === null && frame.kind === null && target === frame;
  if (isBare && frame.driver !== null) landBare(task, frame, frame.driver);
  else cut(frame, target);
}

/**
 * Cuts a task that has one frame, without a scope. Most tasks are like that, and few can wait while they are left:
 * they need none of what `cut` makes.
 */
function landBare(task: TaskNode, frame: Frame, generator: Driver): void {
  const landing = landingOf(frame, generator);
  if (landing !== null) {
    unwinds(frame, generator, landing);
    return;
  }
  const cancellation = takeDoom(task);
  let result;
  try {
    result = generator.return?.();
  } catch (error) {
    unwindsAfterAll(task, frame, generator, cancellation);
    bodyThrew(task, frame, error);
    return;
  }
  const isDone = result?.done !== false;
  if (isDone && task.wait === null && task.frame === frame && frame.scope === null) {
    bareLeft(task, frame, cancellation);
    return;
  }
  // It went back to where it can wait, or began something by hand.
  unwindsAfterAll(task, frame, generator, cancellation);
  if (isDone) bodyThrew(task, frame, byHandError());
}

/** It has landed: while its `finally` runs, nothing is pending. */
function takeDoom(task: TaskNode): Cancellation | null {
  const { doom } = task;
  task.doom = null;
  task.interrupts--;
  return doom;
}

function unwindsAfterAll(
  task: TaskNode,
  frame: Frame,
  generator: Driver,
  cancellation: Cancellation | null,
): void {
  takeBack(task, frame);
  // A further request, made by its own `finally`, folds into the first (C13).
  const scope = frame.needScope();
  if (scope.cancellation === null) task.interrupts++;
  scope.cancellation = cancellation;
  unwinds(frame, generator, null);
}

/** Begins a deferred wait; false when the task is parked on it. */
function begin(task: TaskNode, wait: Wait<unknown>): boolean {
  task.wait = null;
  wait.phase = BEGUN;
  try {
    wait.begin();
  } catch (error) {
    wait.phase = FAILED;
    wait.value = error;
    return true;
  }
  // What gives way defers itself once more; a boundary has pushed itself; what has settled goes on at once.
  if (wait.phase === DEFERRED) return false;
  if (wait === task.frame || wait.phase !== BEGUN) return true;
  task.wait = wait;
  wait.since = task.scheduler.time;
  // Its own beginning may have cancelled it.
  if (task.interrupts !== 0) interrupt(task);
  return false;
}

function returnedByHand(task: TaskNode, frame: Frame): void {
  takeBack(task, frame);
  bodyThrew(task, frame, byHandError());
}

/** The generator yielded something of its own (E5): throws into it, at that place. */
function refuse(task: TaskNode, frame: Frame, yielded: unknown): void {
  const error = notAnOperation(task, yielded);
  const { driver } = frame;
  // Something that was begun by hand and yielded through something else.
  takeBack(task, frame);
  if (driver?.throw === undefined) {
    bodyThrew(task, frame, error);
    return;
  }
  frame.driver = new Thrower(frame, driver, error);
}

/** Resumes a generator by throwing, once. */
class Thrower {
  constructor(
    private readonly frame: Frame,
    private readonly driver: {
      throw?(error?: unknown): IteratorResult<unknown, unknown>;
      next(): IteratorResult<unknown, unknown>;
    },
    private readonly error: Error,
  ) {}

  next(): IteratorResult<unknown, unknown> {
    this.frame.driver = this.driver;
    return this.driver.throw?.(this.error) ?? this.driver.next();
  }
}
