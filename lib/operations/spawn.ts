import {
  adoptInto,
  boundaryOf,
  checkOperable,
  checkOptions,
  Registering,
  start,
  toFrame,
  type Operable,
  type Operation,
  type SpawnOptions,
  type Task,
  type TaskNode,
  waiting,
} from "../kernel/index.js";

/** One spawn. */
class Spawning<T> extends Registering<Task<T>> {
  constructor(
    private readonly op: Operable<T>,
    private readonly name: string | undefined,
  ) {
    super();
  }

  protected act(task: TaskNode): Task<T> {
    const child = adoptInto<T>(
      boundaryOf(task).needScope(),
      "spawn",
      toFrame("spawn", this.op, null),
      this.name,
    );
    start(child);
    return child;
  }
}

/**
 * Starts an operation as a child of the current boundary and goes on. The child is made ready behind the others
 * (S2); it is cancelled when the boundary ends (B2), and its failure cancels the boundary (E1).
 *
 * Waits:   never.
 * Cancel:  the child is spawned first, and runs to its own first yield point (C12).
 * Throws:  TypeError when `op` is no operation.
 * Model:   Effection spawn; asyncio create_task, with an owner.
 *
 * @returns the child's task
 * @example const task = yield* spawn(fetchUser("42"));
 */
export function spawn<T>(op: Operable<T>, options?: SpawnOptions): Operation<Task<T>> {
  checkOptions("spawn()", ["name"], options);
  checkOperable("spawn", op);
  return waiting(() => new Spawning<T>(op, options?.name));
}
