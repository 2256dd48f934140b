/**
 * Lets at most so many tasks of a group run at once; the rest wait their turn in order.
 *
 * N1 A task that waits its turn has not taken its first step.
 * N2 What is cancelled does not wait: it runs to its first yield point and cleans up (C12), beyond the limit if need be,
 *    so that no cancel hangs on a turn that does not come.
 */
import { Cleanup, start, type TaskNode } from "../kernel/index.js";

export class Turnstile {
  private running = 0;
  /** In order of arrival, each with what tells of its cancellation. */
  private readonly waiting = new Map<TaskNode, Cleanup>();

  /** @param limit - how many tasks may run at once; `Infinity` for any number */
  constructor(private readonly limit: number) {}

  /** Starts a new task, now or when its turn comes. */
  enter(task: TaskNode): void {
    if (this.limit === Infinity) start(task);
    else if (this.running < this.limit || task.interrupts > 0) this.admit(task);
    else this.waiting.set(task, this.watchFor(task));
  }

  private admit(task: TaskNode): void {
    this.running++;
    task.watch({
      ended: () => {
        this.running--;
        this.next();
      },
    });
    start(task);
  }

  private next(): void {
    for (const [task] of this.waiting) {
      if (this.running >= this.limit) return;
      this.takeOut(task);
    }
  }

  private takeOut(task: TaskNode): void {
    const hook = this.waiting.get(task);
    if (hook === undefined) return;
    this.waiting.delete(task);
    hook.owner?.unlink(hook);
    this.admit(task);
  }

  private watchFor(task: TaskNode): Cleanup {
    const nothing = (): void => undefined;
    const hook = new Cleanup(nothing, () => {
      this.takeOut(task);
    });
    task.root.needScope().link(hook);
    return hook;
  }
}
