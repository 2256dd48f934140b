/**
 * The scheduler of a test: the real one, which in addition tells when anything happens, notes what is settled after
 * it was withdrawn, and lets a watcher see every yield and every hand-over.
 */
import { quote, Scheduler, type TaskNode, type Wait, type Waiter, describeWait } from "../kernel/index.js";
import type { TestHost } from "./host.js";
import type { ReadyLine } from "./ready-line.js";
import { nameWait } from "./tree.js";

/** Sees what tasks do; every task goes the kernel's slow way while there is one. */
export interface Watcher {
  /** A task has yielded a wait that has not begun. */
  yielded(task: TaskNode): void;
  /** A task's wait has been settled, and the task is about to be made ready. */
  handedOver(task: TaskNode): void;
  /** A task's wait has left it to others to go on, and has not been settled. */
  parked(task: TaskNode): void;
}

export class TestScheduler extends Scheduler {
  /** Completions that came for waits which were gone. */
  readonly strays: string[] = [];
  /** How many times anything became ready. */
  events = 0;
  #onEvent: (() => void) | null = null;

  constructor(
    readonly testHost: TestHost,
    private watcher: Watcher | null = null,
    private readonly line: ReadyLine | null = null,
  ) {
    super(testHost);
  }

  /** Calls back once, as soon as anything becomes ready. */
  onEvent(callback: () => void): void {
    this.#onEvent = callback;
  }

  /** From now on nobody watches: what runs is not what is being tried. */
  unwatch(): void {
    this.watcher = null;
  }

  override start(task: TaskNode): void {
    this.#prepare(task);
    this.line?.join(task);
    super.start(task);
  }

  override startNow(task: TaskNode): void {
    this.#prepare(task);
    const { readyCount } = this;
    this.line?.join(task);
    super.startNow(task);
    // Stepped at once instead of being made ready.
    if (this.readyCount !== readyCount + 1) this.line?.leave(task);
  }

  override wake(task: Waiter): void {
    this.#tell();
    // Waiter has one implementation, TaskNode.
    this.watcher?.handedOver(task as TaskNode);
    this.line?.join(task as TaskNode);
    super.wake(task);
  }

  override land(task: Waiter, error?: { readonly error: unknown }): void {
    this.#tell();
    this.watcher?.parked(task as TaskNode);
    this.line?.join(task as TaskNode);
    super.land(task, error);
  }

  override requeue(task: Waiter): void {
    this.watcher?.parked(task as TaskNode);
    this.line?.join(task as TaskNode);
    super.requeue(task);
  }

  yielded(task: Waiter): void {
    // As above.
    this.watcher?.yielded(task as TaskNode);
  }

  strayed(wait: Wait<unknown>): void {
    const task = wait.task === null ? "a task" : `task ${quote(wait.task.name)}`;
    this.strays.push(
      `${nameWait(describeWait(wait))} was settled for ${task} after its wait had been cancelled: ` +
        "what was handed over is lost. Take the wait out of its line, or its listener off, in withdraw()",
    );
  }

  #prepare(task: TaskNode): void {
    this.#tell();
    // A cancellation that never lands: each yield takes the way on which it is seen.
    if (this.watcher !== null) task.interrupts++;
  }

  #tell(): void {
    this.events++;
    const callback = this.#onEvent;
    this.#onEvent = null;
    callback?.();
  }
}
