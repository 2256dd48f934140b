/**
 * One turn of one task: resumes the generator on top of its stack until the task is parked, has given way or has
 * ended. Stays a loop whatever is called (S7).
 */
import type { Cancellation } from "./cancellation.js";
import { byHandError } from "./errors.js";
import { failInPlace, takeBack } from "./by-hand.js";
import { interrupt, landingTarget } from "./cancel.js";
import { BEGUN, DEFERRED, FAILED, mayBegin, WITHDRAWN, type Wait } from "./instruction.js";
import { bareLeft, bodyReturned, bodyThrew, childFailed, cut, unwinds } from "./settling.js";
import { type Frame, type TaskNode } from "./tree.js";
import { BEGIN, LAND, RESUME, START } from "./turn.js";
import { makeDriver, type Driver } from "./driver.js";
import { answer, PROBE } from "./probe.js";
import { isForeign, landingOf, notAnOperation, NOWHERE, type Result } from "./unwinding.js";

/** Steps the task until it suspends. Its wait is settled, or it has just begun. */
export function advance(task: TaskNode): void {
  for (let frame = task.frame; frame !== null; frame = task.frame) {
    const { driver } = frame;
    if (driver === null) return;
    let wait;
    let result;
    let yielded: unknown;
    let isDone: boolean | undefined = false;
    try {
      result = driver.next();
      wait = task.wait;
      yielded = result;
      // Waits and frames are their own results: most steps are told by identity, without a look at any property.
      if (yielded !== wait && yielded !== task.frame) {
        isDone = result.done;
        yielded = result.value;
      }
    } catch (error) {
      takeBack(task, frame);
      bodyThrew(task, frame, error);
      if (mustPause(task)) return;
      continue;
    }
    if (isDone) {
      if (wait === null && task.frame === frame) bodyReturned(task, frame, yielded);
      else returnedByHand(task, frame);
      if (mustPause(task)) return;
      continue;
    }
    if (yielded === wait && wait !== null) {
      if (task.frame !== frame) failInPlace(task, frame);
      else if (task.interrupts === 0) return;
      else {
        task.scheduler.yielded?.(task);
        if (!afterYield(task, wait)) return;
      }
    } else if (yielded !== task.frame) {
      if (refuse(task, frame, result)) return;
    } else if (task.frame?.parent !== frame) failInPlace(task, frame);
  }
}

/**
 * Something got through a turn that nothing of ours throws: the stack was full, or what the task yielded cannot be
 * looked at. The task fails with it in its next turn, where it stands.
 *
 * @returns whether the task is to be made ready for that
 */
export function failLater(task: TaskNode, error: unknown): boolean {
  if (task.outcome !== null) return false;
  const frame = (task.frame ??= task.root);
  takeBack(task, frame);
  task.turn = RESUME;
  frame.driver = throwing(frame, frame.driver, error);
  return task.nextReady === null;
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
  const { frame, doom } = task;
  const target = landingTarget(task);
  if (frame === null || target === null) return;
  const isBare = frame.scope === null && frame.kind === null && target === frame;
  if (isBare && frame.driver !== null && doom !== null) landBare(task, frame, frame.driver, doom);
  else cut(frame, target);
}

/**
 * Cuts a task that has one frame, without a scope. Most tasks are like that, and few can wait while they are left:
 * they need none of what `cut` makes.
 */
function landBare(task: TaskNode, frame: Frame, generator: Driver, cancellation: Cancellation): void {
  const landing = landingOf(frame, generator);
  if (landing !== null) {
    unwinds(frame, generator, landing);
    return;
  }
  // Nothing is to land while its `finally` runs. It still counts: what it goes back to does not begin.
  task.doom = null;
  let isDone;
  try {
    const result = generator.return?.();
    isDone = result?.done !== false;
  } catch (error) {
    unwindsAfterAll(task, frame, generator, cancellation);
    bodyThrew(task, frame, error);
    return;
  }
  if (isDone && task.wait === null && task.frame === frame && frame.scope === null) {
    bareLeft(task, frame, cancellation);
    return;
  }
  // It went back to where it can wait, or began something by hand.
  unwindsAfterAll(task, frame, generator, cancellation);
  if (isDone) bodyThrew(task, frame, byHandError());
}

function unwindsAfterAll(task: TaskNode, frame: Frame, generator: Driver, cancellation: Cancellation): void {
  takeBack(task, frame);
  // A further request, made by its own `finally`, folds into the first (C13).
  const scope = frame.needScope();
  if (scope.cancellation !== null) task.interrupts--;
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

/**
 * The generator yielded something of its own (E5): throws into it, at that place. With a cancellation pending it lands
 * there, and who made the mistake over and over ends. So does what delegates to an iterator of another kind, into which
 * nothing can be thrown: it fails like a child of its boundary. True when the task has to pause.
 */
function refuse(task: TaskNode, frame: Frame, result: Result): boolean {
  const error = notAnOperation(task, result);
  const { driver } = frame;
  // Something that was begun by hand and yielded through something else.
  takeBack(task, frame);
  const target = landingTarget(task);
  if (driver?.throw === undefined) bodyThrew(task, frame, error);
  else if (target === null && !isForeign(result)) frame.driver = throwing(frame, driver, error);
  else {
    childFailed(frame.needScope(), task, error);
    cut(frame, target ?? frame, NOWHERE);
  }
  return mustPause(task);
}

/** Resumes a generator by throwing, once. */
function throwing(frame: Frame, driver: Driver | null, error: unknown): Driver {
  return {
    next(sent) {
      // It stands at what is no iterator of ours, and cannot be asked.
      if (sent === PROBE) return answer();
      frame.driver = driver;
      if (driver?.throw === undefined) throw error;
      return driver.throw(error);
    },
  };
}
