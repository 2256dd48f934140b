import {
  adoptInto,
  boundaryOf,
  checkOptions,
  registering,
  start,
  toFrame,
  type Operable,
  type Operation,
  type SpawnOptions,
  type Task,
} from "../kernel/index.js";

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
  const name = options?.name;
  // Checked here as well as when it runs, so that the mistake is reported where it was made.
  if (typeof op === "function") toFrame("spawn", op, null);
  return registering((task) => {
    const child = adoptInto<T>(boundaryOf(task).needScope(), "spawn", toFrame("spawn", op, null), name);
    start(child);
    return child;
  });
}
