/**
 * Cancelling by hand, and what that gives back (C8): completes when a boundary and everything below it is gone, and
 * fails only with what went wrong from the request on, never with the failure that was being cleaned up after.
 */
import { combine } from "../errors/index.js";
import { checkOptions, checkDuration } from "./arguments.js";
import { cancelFrame } from "./cancel.js";
import { startGrace, type CancelOptions } from "./grace.js";
import { running, Wait, type WaitDescription } from "./instruction.js";
import { type Instruction } from "./operation.js";
import type { Frame, TaskNode, Watcher } from "./tree.js";
import { OBSERVED } from "./traits.js";

/**
 * Cancels a boundary by hand.
 *
 * @param name - what the boundary is called in the reason record
 */
export function cancelBoundary(
  frame: Frame,
  reason: unknown,
  options: CancelOptions | undefined,
  name = frame.name,
): Ending {
  // A cancel that is refused has not happened.
  checkOptions("cancel()", ["grace"], options);
  const grace = options?.grace;
  if (grace !== undefined) checkDuration("cancel", "grace", grace);
  const ending = new Ending(frame);
  frame.owner.scheduler.batch(() => {
    cancelFrame(frame, { kind: "cancel", reason, scope: name, task: running.task?.name });
    if (grace !== undefined) startGrace(frame, grace);
  });
  return ending;
}

class Ending implements PromiseLike<void> {
  /** Errors that were there before the request, here and in boundaries further in, are causes, not cleanup. */
  private readonly known: readonly unknown[];
  private promise: Promise<void> | null = null;

  /** To be made before the request. */
  constructor(readonly frame: Frame) {
    const known = [...(frame.scope?.errors ?? [])];
    for (let inner = frame.owner.frame; inner !== null && inner !== frame; inner = inner.parent)
      for (const error of inner.scope?.errors ?? []) known.push(error);
    this.known = known;
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Operation
  [Symbol.iterator](): Iterator<Instruction, void, any> {
    return new EndingWait(this)[Symbol.iterator]();
  }

  then<A = void, B = never>(
    // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- as PromiseLike<void> has it
    onEnd?: ((value: void) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.observe();
    this.promise ??= new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        const errors = this.errors();

        if (errors.length > 0) reject(combine(errors));
        else resolve();
      };
      if (this.hasEnded) settle();
      else this.watch({ ended: settle });
    });
    return this.promise.then(onEnd, onError);
  }

  get hasEnded(): boolean {
    const { frame } = this;
    return isRoot(frame) ? frame.owner.outcome !== null : frame.scope?.state === "closed";
  }

  /** Who waits for the end is told of what went wrong (E4). */
  observe(): void {
    if (isRoot(this.frame)) this.frame.owner.mark(OBSERVED);
  }

  watch(watcher: Watcher): void {
    const { frame } = this;
    if (isRoot(frame)) frame.owner.watch(watcher);
    else (frame.needScope().watchers ??= new Set()).add(watcher);
  }

  unwatch(watcher: Watcher): void {
    const { frame } = this;
    if (isRoot(frame)) frame.owner.unwatch(watcher);
    else frame.scope?.watchers?.delete(watcher);
  }

  /** What cleanup added. */
  errors(): readonly unknown[] {
    const { frame } = this;
    const { scope } = frame;
    if (scope?.errors == null) return [];
    const { known } = this;
    const { outcome } = frame.owner;
    // The very object that the task failed with, where it is the same.
    return known.length + scope.causes === 0 && isRoot(frame) && outcome?.type === "errors"
      ? outcome.errors
      : scope.errors.slice(scope.causes).filter((error) => !known.includes(error));
  }
}

function isRoot(frame: Frame): boolean {
  return frame.owner.root === frame;
}

class EndingWait extends Wait<void> implements Watcher {
  constructor(private readonly ending: Ending) {
    super();
  }

  begin(): void {
    const { frame } = this.ending;
    this.ending.observe();
    // A task does not wait for itself, nor for what contains it (C8).
    if (this.ending.hasEnded || contains(frame, this.waiting())) this.ended();
    else this.ending.watch(this);
  }

  ended(): void {
    const errors = this.ending.hasEnded ? this.ending.errors() : [];
    if (errors.length > 0) this.fail(combine(errors));
    else this.succeed();
  }

  withdraw(): boolean {
    this.ending.unwatch(this);
    return true;
  }

  describe(): WaitDescription {
    const { name, owner } = this.ending.frame;
    return { kind: "cancel", on: name, heldBy: [owner.name], holders: [owner.id] };
  }

  private waiting(): TaskNode {
    // Only tasks wait; Waiter has that one implementation.
    return (this.task ?? running.task) as TaskNode;
  }
}

/** Whether a task runs in a frame's boundary, or somewhere below it. */
function contains(frame: Frame, task: TaskNode): boolean {
  for (let from: Frame | null = task.frame; from !== null; from = from.owner.owner?.frame ?? null) {
    for (let f: Frame | null = from; f !== null; f = f.parent) if (f === frame) return true;
  }
  return false;
}
