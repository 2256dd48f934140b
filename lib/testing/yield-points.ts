/**
 * The yield points of a run: every `yield*` of every task of the tree at which a cancellation can land, counted in the
 * order in which they come. A deterministic operation has the same ones in every run.
 */
import { isOwn } from "../errors/index.js";
import {
  quote,
  CONTAINED,
  HELD,
  ROOT,
  cancelFrame,
  type Frame,
  type TaskNode,
  describeWait,
  placesIn,
} from "../kernel/index.js";
import type { Watcher } from "./scheduler.js";
import { nameWait } from "./tree.js";

/** What a counting run notes of a yield point. */
export interface YieldPoint {
  /** What waits for what: the same in every run. */
  readonly title: string;
  /** How many scopes around it can be cancelled on their own. */
  readonly scopes: number;
  /** Whether the task really had to wait there. */
  parks: boolean;
  /** Whether something was handed over to it there. */
  isHandedOver: boolean;
  /** Whether something outside could have ended its wait. */
  readonly isOutside: boolean;
}

/** Counts the yield points of a run. */
export class Counter implements Watcher {
  readonly points: YieldPoint[] = [];
  readonly #at = new Map<TaskNode, YieldPoint>();

  constructor(private readonly withTasks: boolean) {}

  yielded(task: TaskNode): void {
    const point = {
      title: titleOf(task),
      scopes: cancellable(task, this.withTasks).length,
      parks: false,
      isHandedOver: false,
      isOutside: task.wait !== null && describeWait(task.wait).isOutside === true,
    };
    this.points.push(point);
    this.#at.set(task, point);
  }

  parked(task: TaskNode): void {
    const point = this.#at.get(task);
    if (point !== undefined) point.parks = true;
  }

  handedOver(task: TaskNode): void {
    const point = this.#at.get(task);
    if (point !== undefined) point.parks = point.isHandedOver = true;
  }
}

export function titleOf(task: TaskNode): string {
  const what = task.wait === null ? "a turn" : nameWait(describeWait(task.wait));
  return `${what} in task ${quote(task.name)}`;
}

/** A scope that can be cancelled on its own, as a program could do it. */
export interface Cancellable {
  readonly frame: Frame;
  readonly name: string;
  cancel(): void;
}

/** The scopes around a task's position that can be cancelled on their own, innermost first. */
export function cancellable(task: TaskNode, withTasks: boolean): Cancellable[] {
  const found: Cancellable[] = [];
  let frame: Frame | null = task.frame;
  let owner = task;
  while (frame !== null) {
    const scope = scopeOf(frame, owner, withTasks);
    if (scope !== null) found.push(scope);
    if (frame.parent !== null) frame = frame.parent;
    else {
      // On from the task to the scope that it was spawned into.
      frame = owner.owner?.frame ?? null;
      if (frame !== null) owner = frame.owner;
    }
  }
  return found;
}

/**
 * The whole operation, and boundaries of a kind that has a deadline or a `cancel`: nobody else cancels a part of a
 * program. Somebody who holds a task may; that is tried when asked for.
 */
function scopeOf(frame: Frame, owner: TaskNode, withTasks: boolean): Cancellable | null {
  if (frame === owner.root) {
    // A resource's body belongs to whoever uses the resource: it cannot be cancelled by itself.
    if (!owner.is(ROOT) && (!withTasks || owner.is(HELD) || owner.is(CONTAINED))) return null;
    return { frame, name: `task ${quote(owner.name)}`, cancel: () => byHand(frame) };
  }
  const { kind } = frame;
  if (kind === null) return null;
  if ("timeIsUp" in kind && typeof kind.timeIsUp === "function") {
    const passes = kind.timeIsUp.bind(kind) as () => void;
    return { frame, name: `the time of ${quote(frame.name)}, which runs out`, cancel: passes };
  }
  if ((!("cancel" in kind) && kind.awaitsChildren !== true) || isLibrarys(frame)) return null;
  return { frame, name: `group ${quote(frame.name)}`, cancel: () => byHand(frame) };
}

const librarys = new WeakMap<object, boolean>();

/** Whether a group is one inside of an operation of ours, such as `map`: nobody can reach it to cancel it. */
function isLibrarys({ source, driver }: Frame): boolean {
  if (typeof source !== "function" || driver === null) return false;
  let known = librarys.get(source);
  if (known === undefined) librarys.set(source, (known = isOwn(placesIn(driver)[0] ?? "")));
  return known;
}

function byHand(frame: Frame): void {
  cancelFrame(frame, { kind: "cancel", reason: "cancelEverywhere", scope: frame.name, task: undefined });
}
