/**
 * The task as users hold it: a node of the tree that can be waited for, as an operation and as a promise, and
 * cancelled. Owns no behaviour of the tree; it asks cancel and the scheduler.
 */
import { leaveRuntime, misuse, throwPlaced, unplacedError } from "../errors/index.js";
import { OTHER_COPY } from "./copies.js";
import { CancelledError } from "./errors.js";
import { cancelBoundary } from "./ending.js";
import type { CancelOptions } from "./grace.js";
import { running, Wait, type WaitDescription } from "./instruction.js";
import { type Instruction, type Operation } from "./operation.js";
import { TaskNode, type Watcher } from "./tree.js";
import { OBSERVED, ROOT } from "./traits.js";

/** Where a task stands. */
export type TaskState = "ready" | "running" | "waiting" | "completed" | "failed" | "cancelled";

/** Something that will have happened: wait for it with `yield*` or with `await`. */
export interface Future<T> extends Operation<T>, PromiseLike<T> {}

/**
 * One running operation. `yield* task` and `await task` give its value, throw its error, or throw a
 * `CancelledError` when it was cancelled.
 */
export interface Task<T> extends Operation<T>, AsyncDisposable {
  /** As a promise. Not declared as one: a task that nobody waits for is no mistake, its scope does. */
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Promise has it
    onError?: ((error: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Promise has it
  catch<B = never>(onError?: ((error: any) => B | PromiseLike<B>) | null): Promise<T | B>;
  finally(onEnd?: (() => void) | null): Promise<T>;
  readonly [Symbol.toStringTag]: string;
  /** A number of its own, unique in this program. */
  readonly id: number;
  /** The given name, or that of its operation. */
  readonly name: string;
  readonly state: TaskState;
  /**
   * The task's value, once it has ended.
   *
   * @throws its error when it failed, `CancelledError` when it was cancelled, an error when it has not ended
   */
  result(): T;
  /**
   * Cancels the task and everything below it (C8). Acts at once; wait for the result to know that all is gone.
   * Cancelling twice is the same as once, cancelling an ended task does nothing (C10).
   *
   * @param reason - kept as the `cause` of the `CancelledError` that others get
   * @returns completes when all is gone; fails only with errors of the cleanup
   */
  cancel(reason?: unknown, options?: CancelOptions): Future<void>;
}

/** The implementation of `Task`; the name users see is the interface. */
export class TaskHandle<T> extends TaskNode implements Task<T> {
  private promise: Promise<T> | null = null;

  get state(): TaskState {
    const { outcome } = this;
    if (outcome !== null) return STATE[outcome.type];
    if (running.task === this) return "running";
    return this.wait === null || this.turn !== 0 ? "ready" : "waiting";
  }

  result(): T {
    const { outcome } = this;
    if (outcome === null) {
      throw misuse(
        "NOT_ENDED",
        `Task "${this.name}" has not ended, so it has no result yet. Wait for it with \`yield* task\`.`,
        Error,
      );
    }
    // A task's value is what its operation returned.
    if (outcome.type === "value") return outcome.value as T;
    // The function is only compared with those on the stack, and never called.
    // eslint-disable-next-line @typescript-eslint/unbound-method
    throwPlaced(errorOf(this), { next: TaskHandle.prototype.result });
  }

  cancel(reason?: unknown, options?: CancelOptions): Future<void> {
    return cancelBoundary(this.root, reason, options, this.name);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Operation
  [Symbol.iterator](): Iterator<Instruction, T, any> {
    return new Join<T>(this)[Symbol.iterator]();
  }

  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.toPromise().then(onValue, onError);
  }

  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.toPromise().catch(onError);
  }

  finally(onEnd?: (() => void) | null): Promise<T> {
    return this.toPromise().finally(onEnd);
  }

  // A getter, so that a hundred thousand tasks do not each carry it.
  // eslint-disable-next-line @typescript-eslint/class-literal-property-style
  get [Symbol.toStringTag](): string {
    return "Task";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel();
  }

  /** @internal One promise for all who ask. */
  toPromise(): Promise<T> {
    this.mark(OBSERVED);
    return (this.promise ??= new Promise<T>((resolve, reject) => {
      whenEnded(this, () => {
        if (this.outcome?.type === "value") resolve(this.outcome.value as T);
        // What was thrown is passed on as it is, whatever it is (E2).
        else reject(leaveRuntime(errorOf(this)));
      });
    }));
  }
}

const STATE = { value: "completed", errors: "failed", cancelled: "cancelled" } as const;

/** What those who wait for an ended task get when it has no value (C9). */
export function errorOf(task: TaskNode): unknown {
  const { outcome } = task;
  if (outcome?.type === "errors") return outcome.errors[0];
  if (outcome?.type !== "cancelled") return undefined;
  const { cancellation } = outcome;
  return cancellation.kind === "signal" && task.is(ROOT)
    ? cancellation.reason
    : unplacedError(() => new CancelledError(task.name, cancellation));
}

/** Calls back when the task has ended, at once if it has. */
export function whenEnded(task: TaskNode, ended: () => void): void {
  if (task.outcome === null) task.watch({ ended });
  else ended();
}

/** `yield* task`. */
class Join<T> extends Wait<T> implements Watcher {
  constructor(private readonly target: TaskNode) {
    super();
  }

  begin(): void {
    const { target } = this;
    if (target === this.task) {
      throw misuse(
        "SELF_JOIN",
        `Task "${target.name}" waits for itself and would never end. Return the value instead.`,
        Error,
      );
    }
    target.mark(OBSERVED);
    if (target.outcome === null) target.watch(this);
    else this.ended();
  }

  ended(): void {
    const { outcome } = this.target;
    if (outcome?.type === "value") this.succeed(outcome.value as T);
    else this.fail(errorOf(this.target));
  }

  withdraw(): boolean {
    this.target.unwatch(this);
    return true;
  }

  describe(): WaitDescription {
    const { target } = this;
    return {
      kind: "join",
      on: target.name,
      heldBy: [target.name],
      holders: [target.id],
      // A task on another scheduler goes on by that one's clock.
      isOutside: target.scheduler !== this.task?.scheduler,
    };
  }
}

/** The node behind a task as users hold it. */
export function nodeOf(task: Task<unknown>): TaskNode {
  if (task instanceof TaskNode) return task;
  throw misuse("FOREIGN_TASK", `This is a task ${OTHER_COPY}`);
}

/**
 * E4: a rejected promise without a handler is how a host learns of it. Whoever started the task, or cancels it, has
 * the rest of this turn of the host to look: it may have failed before the call returned.
 *
 * @param isReported - whether somebody else gets the failure after all
 */
export function reportUnobserved(task: TaskHandle<unknown>, isReported: () => boolean = () => false): void {
  const { outcome, scheduler } = task;
  if (task.is(OBSERVED) || outcome?.type !== "errors") return;
  scheduler.host.macrotask(() => {
    if (!task.is(OBSERVED) && !isReported()) scheduler.host.unobserved(outcome.errors[0], task.toPromise());
  });
}
