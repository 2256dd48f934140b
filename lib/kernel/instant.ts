/** Operations that never wait: they act on the running task at once, and are cancellation points all the same (S5). */
import { landingTarget } from "./cancel.js";
import { elsewhere } from "./copies.js";
import { enter, FRESH, running, Wait, type WaitDescription, type Waiter } from "./instruction.js";
import { waiting } from "./waiting.js";
import { type Operation } from "./operation.js";
import { answer, PROBE } from "./probe.js";
import type { Frame, TaskNode } from "./tree.js";

class Instant<T> extends Wait<T> {
  constructor(private readonly act: (task: TaskNode) => T) {
    super();
  }

  begin(): void {
    // Only tasks wait; Waiter has that one implementation.
    this.succeed(this.act(this.task as TaskNode));
  }

  withdraw(): boolean {
    return true;
  }

  describe(): WaitDescription {
    return { kind: "turn" };
  }
}

/** Acts first and is a cancellation point then: nothing can land between an acquisition and this (S5). */
export abstract class Registering<T> extends Wait<T> {
  private made: T | undefined;

  protected abstract act(task: TaskNode): T;

  override next(sent?: unknown): unknown {
    if (sent !== undefined && sent === PROBE) {
      const reply = answer();
      return reply;
    }
    if (this.phase === FRESH) this.actIn(enter(this));
    return super.next(sent);
  }

  /** A refusal is a step like any other: a loop that goes on after it gives way to the others (S4). */
  private actIn(waiter: Waiter): void {
    if (waiter === elsewhere) return;
    // Only tasks wait; Waiter has that one implementation.
    const task = waiter as TaskNode;
    try {
      this.made = this.act(task);
    } catch (error) {
      // A cancellation that lands here must not hide it (E2).
      if (landingTarget(task) !== null) boundaryOf(task).needScope().record(error);
      this.begin = () => {
        throw error;
      };
    }
  }

  begin(): void {
    // `next` has acted before anything begins.
    this.succeed(this.made as T);
  }

  withdraw(): boolean {
    return true;
  }

  override get canContend(): boolean {
    return false;
  }

  describe(): WaitDescription {
    return { kind: "turn" };
  }
}

class Registration<T> extends Registering<T> {
  constructor(private readonly register: (task: TaskNode) => T) {
    super();
  }

  protected act(task: TaskNode): T {
    return this.register(task);
  }
}

/** An operation that looks at or changes the running task without waiting. */
export function instantly<T>(act: (task: TaskNode) => T): Operation<T> {
  return waiting(() => new Instant(act));
}

/** An operation that registers something with the running task, and is a cancellation point after that. */
export function registering<T>(act: (task: TaskNode) => T): Operation<T> {
  return waiting(() => new Registration(act));
}

/** The boundary in which the task's code runs. */
export function boundaryOf(task: TaskNode): Frame {
  // A task whose code runs has a frame; it loses its last one when it ends.
  return task.frame ?? task.root;
}

/** The task that steps now; for waits that begin. */
export function currentTask(): TaskNode {
  // A wait begins only while its task steps, and tasks are the one kind of Waiter.
  return running.task as TaskNode;
}

/** The task that steps now, or null outside all of them; for plain calls. */
export function runningTask(): TaskNode | null {
  // Tasks are the one kind of Waiter.
  return running.task as TaskNode | null;
}
