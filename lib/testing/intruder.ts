/**
 * Cancels at one yield point of a run, at one of three moments.
 *
 * | moment        | when                                                                      |
 * | ------------- | ------------------------------------------------------------------------- |
 * | "before"      | the task has yielded and its wait has not begun                           |
 * | "waiting"     | the wait has begun, nothing else has happened since                       |
 * | "handed over" | the wait has been settled, and the task has not run yet (S6)              |
 *
 * Where others have to come first, a task that does nothing else cancels: it is put in the right place of the line.
 */
import { linesOf, type Frame, type TaskNode, type Wait, tasksBelow } from "../kernel/index.js";
import type { Order } from "./host.js";
import type { Watcher } from "./scheduler.js";
import { drawTree, framesOf } from "./tree.js";
import type { World } from "./world.js";
import { cancellable, titleOf } from "./yield-points.js";

export type Moment = "before" | "waiting" | "handed over";

/** Where to cancel what. */
export interface Strike {
  /** The number of the yield point, from 1. */
  readonly point: number;
  readonly moment: Moment;
  /** Which of the scopes around it, from 0 for the innermost one. */
  readonly scope: number;
}

/** How things stood when the cancellation was requested. */
export interface Scene {
  readonly title: string;
  readonly scope: string;
  readonly isOutermost: boolean;
  readonly lines: readonly string[];
  readonly tree: string;
  /** The boundaries that were running then. */
  readonly running: readonly Frame[];
  /** The errors that they had by then. */
  readonly errors: readonly unknown[];
}

/** Errors that are none of the cleanup: from before, or of boundaries that ended before their cancellation landed. */
export function ownErrors({ running, errors }: Scene): unknown[] {
  const late = running.flatMap(({ scope }) => scope?.errors?.slice(0, scope.causes) ?? []);
  return [...errors, ...late];
}

export class Intruder implements Watcher, Order {
  world: World | null = null;
  /** How many yield points have come. */
  count = 0;
  /** What the yield points were called at which something was to happen. */
  readonly titles: string[] = [];
  readonly scenes: Scene[] = [];
  #place: number | null = null;
  readonly #at = new Map<TaskNode, Strike>();

  /**
   * @param strikes - what to cancel, one after the other
   * @param isLooking - whether to note how things stand, for a report
   */
  constructor(
    private readonly strikes: readonly Strike[],
    private readonly isLooking: boolean,
    private readonly withTasks: boolean,
  ) {}

  yielded(task: TaskNode): void {
    this.count++;
    this.#at.delete(task);
    for (const strike of this.strikes) {
      if (strike.point !== this.count) continue;
      this.titles.push(titleOf(task));
      if (strike.moment === "before") this.#strike(task, strike);
      else if (strike.moment === "waiting") this.#sendFor(task, strike, task.wait);
      else this.#at.set(task, strike);
    }
  }

  handedOver(task: TaskNode): void {
    const strike = this.#at.get(task);
    if (strike === undefined) return;
    this.#at.delete(task);
    // Made ready before the task is: it comes first.
    this.#send(task, strike);
  }

  parked(): void {
    // Only counted.
  }

  chooseReady(): number {
    const place = this.#place ?? 0;
    this.#place = null;
    return place;
  }

  chooseTimer(): number {
    return 0;
  }

  /** Cancels as the very next thing that happens. */
  #sendFor(task: TaskNode, strike: Strike, wait: Wait<unknown> | null): void {
    this.#place = this.world?.scheduler.readyCount ?? 0;
    this.#send(task, strike, () => task.wait === wait);
  }

  #send(task: TaskNode, strike: Strike, isStillThere = (): boolean => true): void {
    const strikeNow = (): void => {
      this.#place = null;
      if (isStillThere()) this.#strike(task, strike);
    };
    const op = {
      *[Symbol.iterator](): Generator<never, void> {
        strikeNow();
      },
    };
    this.world?.run(op, { name: "cancelEverywhere" });
  }

  #strike(task: TaskNode, strike: Strike): void {
    const scopes = cancellable(task, this.withTasks);
    const scope = scopes[Math.min(strike.scope, scopes.length - 1)];
    if (scope === undefined) return;
    const roots = this.world?.roots.filter((root) => root.name !== "cancelEverywhere") ?? [];
    const running = framesOf(tasksBelow(roots));
    this.scenes.push({
      title: titleOf(task),
      scope: scope.name,
      isOutermost: scope === scopes[scopes.length - 1],
      lines: this.isLooking ? linesOf(task) : [],
      tree: this.isLooking ? drawTree(roots) : "",
      running,
      errors: running.flatMap((frame) => frame.scope?.errors ?? []),
    });
    scope.cancel();
  }
}
