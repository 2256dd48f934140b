/**
 * Requests to cancel (C1), and where they land. A request notes its reason on a scope and reaches everything
 * below that no protected frame shields: it withdraws the waits of parked tasks at once (S6), so that nothing
 * can be handed to them any more; the landing itself takes place at the task's next turn.
 *
 * K1 A request never runs user code of the cancelled tasks; only `requested` hooks of entries (abort signals).
 * K2 The first reason of a scope stays (C10).
 * K3 The walk is a loop over a work list: the tree's depth is the user's.
 */
import type { Cancellation } from "./cancellation.js";
import { BEGUN, LEAVING, WITHDRAWN, type Waiter } from "./instruction.js";
import { asUndoable, TaskNode, type Frame, type ScopeNode } from "./tree.js";
import { HELD } from "./traits.js";

/** Cancels a scope: everything above its frame on the task's stack, and all tasks below. */
export function cancelFrame(frame: Frame, cancellation: Cancellation): void {
  if (!mark(frame, cancellation)) return;
  const { owner: task } = frame;
  if (isBare(task, frame)) interrupt(task);
  else reachAll(frame, cancellation);
}

/** Cancels a task, with all below it. */
export function cancelTask(task: TaskNode, cancellation: Cancellation): void {
  if (task.outcome === null) cancelFrame(task.root, cancellation);
}

/** Notes the request; false when there is nothing left to request. */
function mark(frame: Frame, cancellation: Cancellation): boolean {
  if (frame.scope === null && frame.parent === null && frame.kind === null)
    return doom(frame.owner, cancellation);
  const scope = frame.needScope();
  if (scope.cancellation !== null || scope.state === "closed") return false;
  // A boundary whose body has ended keeps its outcome (S6); the request still reaches its children.
  if (scope.state !== "closing") {
    scope.cancellation = cancellation;
    // A frame that is not on a stack yet belongs to a task that has not started.
    frame.owner.interrupts++;
  }
  return true;
}

function doom(task: TaskNode, cancellation: Cancellation): boolean {
  if (task.doom !== null || task.outcome !== null) return false;
  task.doom = cancellation;
  task.interrupts++;
  return true;
}

/** Most tasks have one frame and nothing below it. */
function isBare(task: TaskNode, frame: Frame): boolean {
  return task.frame === frame && (frame.scope?.newest ?? null) === null;
}

/** Withdraws the waits of the frame's task and of all below it. */
function reachAll(frame: Frame, cancellation: Cancellation): void {
  const work = [frame];
  // Breadth first, over a list that grows: a parent's own landing is queued before those of its children.
  for (const next of work) {
    if (next !== frame && !mark(next, cancellation)) continue;
    const { owner: task } = next;
    if (!isBare(task, next)) reachBelow(task, next, cancellation, work);
    interrupt(task);
  }
}

function reachBelow(task: TaskNode, frame: Frame, cancellation: Cancellation, work: Frame[]): void {
  for (const scope of reachable(task, frame)) {
    // A hook is foreign code: the next entry is looked up before it runs.
    for (let entry = scope.newest, older; entry !== null; entry = older) {
      older = entry.older;
      if (entry instanceof TaskNode) {
        if (!entry.is(HELD)) work.push(entry.root);
      } else asUndoable(entry).requested?.(cancellation);
    }
  }
}

/** The scopes from a frame upwards that a request to it reaches, innermost first. */
function reachable(task: TaskNode, from: Frame): ScopeNode[] {
  let scopes: ScopeNode[] = [];
  for (let f = task.frame; f !== null; f = f.parent) {
    const { scope } = f;
    if (scope !== null) {
      // What stands above a protected frame is out of reach. So is an unwinding frame itself: the request that led to
      // its landing has reached all entries of that time, and what came since is cleanup's own.
      if (scope.state === "unwinding" || (f !== from && isShield(f))) scopes = [];
      else if (scope.state === "closing") scopes = [scope];
      else scopes.push(scope);
    }
    if (f === from) break;
  }
  return scopes;
}

function isShield(frame: Frame): boolean {
  return frame.kind !== null && frame.kind.shields === true;
}

function isProtected({ state }: ScopeNode): boolean {
  return state === "unwinding" || state === "closing";
}

/** Withdraws the wait of a parked task if a cancellation can land there. */
export function interrupt(task: TaskNode): void {
  const { wait } = task;
  if (wait === null) return;
  if (wait.phase !== BEGUN && !(task.isForced && wait.phase === LEAVING)) return;
  if (landingTarget(task) === null) return;
  wait.phase = LEAVING;
  let error: { error: unknown } | undefined;
  try {
    if (!wait.withdraw(task.isForced)) return;
  } catch (thrown) {
    error = { error: thrown };
  }
  // `withdraw` may have ended the wait itself.
  if (task.wait !== wait) return;
  wait.phase = WITHDRAWN;
  task.scheduler.land(task, error);
}

/** The outermost frame to be unwound now, or null when nothing can land at the task's position. */
export function landingTarget(task: TaskNode): Frame | null {
  if (task.forcedFrom !== null) return forcedTarget(task, task.forcedFrom);
  let target: Frame | null = null;
  for (let frame = task.frame; frame !== null; frame = frame.parent) {
    const { scope } = frame;
    if (scope === null) continue;
    if (isProtected(scope)) return target;
    if (scope.cancellation !== null) target = frame;
    if (isShield(frame)) return target;
  }
  return task.doom === null ? target : task.root;
}

/** Whether no request from outside of a task can land where it stands: in a shield, or in cleanup. */
export function isOutOfReach(task: TaskNode): boolean {
  for (let frame = task.frame; frame !== null; frame = frame.parent)
    if (isShield(frame) || (frame.scope !== null && isProtected(frame.scope))) return true;
  return false;
}

/** The same when protection ends at `forcedFrom` (C7). */
function forcedTarget(task: TaskNode, forcedFrom: Frame): Frame | null {
  let target: Frame | null = null;
  let above: Frame | null = null;
  let isForced = true;
  for (let frame = task.frame; frame !== null; above = frame, frame = frame.parent) {
    const { scope } = frame;
    if (scope !== null && !isForced && isProtected(scope)) return target;
    // What a closing scope has begun is cut by itself; its own wait is not: it begins cleanup, or waits for children,
    // and those are forced themselves.
    if (scope?.state === "closing") {
      if (above === null) return null;
      target = above;
    } else if (scope !== null && scope.cancellation !== null) target = frame;
    if (!isForced && isShield(frame)) return target;
    if (frame === forcedFrom) isForced = false;
  }
  return target;
}

/** Lifts the protection of what a task runs from a frame on up; an earlier lifting from further out stays. */
export function forceTask(task: TaskNode, from: Frame): void {
  // Its cancellation, also one that comes only now, has to stand where `forcedTarget` looks: on a scope.
  task.root.needScope();
  if (task.forcedFrom === null) task.interrupts++;
  else if (isWithin(from, task.forcedFrom)) return;
  task.forcedFrom = from;
}

/** Whether a frame stands on another one, or is it. */
export function isWithin(frame: Frame, outer: Frame): boolean {
  for (let f: Frame | null = frame; f !== null; f = f.parent) if (f === outer) return true;
  return false;
}

/** Why the task of a wait that is being withdrawn is cancelled there. */
export function cancellationOf(wait: { readonly task: Waiter | null }): Cancellation | undefined {
  // Waiter has one implementation.
  const task = wait.task as TaskNode | null;
  return (task === null ? null : landingTarget(task))?.cancellation ?? undefined;
}

/** The cancellation that a child spawned into a frame's scope starts under (C12), or null. */
export function inherited(frame: Frame): Cancellation | null {
  if (frame.owner.interrupts === 0) return null;
  for (let f: Frame | null = frame; f !== null; f = f.parent) {
    const { scope } = f;
    if (scope === null) continue;
    if (f !== frame && isProtected(scope)) return null;
    if (scope.cancellation !== null) return scope.cancellation;
    if (isShield(f)) return null;
  }
  return frame.owner.doom;
}
