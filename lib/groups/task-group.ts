import { groupOf, misuse } from "../errors/index.js";
import {
  adoptInto,
  cancelBoundary,
  checkCount,
  checkFunction,
  checkOptions,
  Call,
  Frame,
  toFrame,
  waiting,
  type Boundary,
  type CancelOptions,
  type Future,
  type Operable,
  type Operation,
  type Outcome,
  type SpawnOptions,
  type Task,
  type TaskNode,
  type Wait,
} from "../kernel/index.js";
import { Starting, type Startable, type Taker } from "./starting.js";
import { Turnstile } from "./turnstile.js";

/** A group of tasks that end together; given to the body of `taskGroup`. */
export interface TaskGroup {
  /**
   * Starts an operation as a task of the group, behind the ready tasks (S2), or when its turn comes. A plain call. Works
   * as long as the body or a task of the group runs.
   *
   * @throws Error when the group is closing or has ended; TypeError when `op` is no operation
   */
  spawn<T>(op: Operable<T>, options?: SpawnOptions): Task<T>;
  /**
   * Starts a task of the group and waits until it says that it is ready; it then runs on as a task of the group.
   *
   * Cancel:  cancels the task if it is not ready yet, and waits for its cleanup.
   * Throws:  what the task throws before it is ready: that fails the start, and not the group. Error when it ends
   *          without being ready, CancelledError when the group is cancelled before, Error when the group is closing.
   * Model:   Trio nursery.start.
   *
   * @param op - is given `started`, to be called once, with a value for the caller
   * @example
   * const port = yield* group.start<number>(function* (started) {
   *   const server = yield* useServer();
   *   started(server.port);
   *   yield* server.serve();
   * });
   */
  start<V = void>(op: Startable<V>, options?: SpawnOptions): Operation<V>;
  /**
   * Cancels the body and all tasks of the group; the group then ends quietly, with no value.
   *
   * @returns completes when all is gone; fails only with errors of the cleanup
   */
  cancel(reason?: unknown, options?: CancelOptions): Future<void>;
}

const UNNAMED = "task group";

/** The boundary of a group, and the group itself. */
class Group implements Boundary, TaskGroup, Taker {
  readonly awaitsChildren = true;
  readonly name: string;
  readonly frame: Frame;
  private readonly turnstile: Turnstile;

  constructor(
    body: (group: TaskGroup) => Operation<unknown>,
    givenName: string | undefined,
    concurrency: number,
  ) {
    this.name = givenName ?? (body.name === "" ? UNNAMED : body.name);
    this.frame = new Frame(new Call(body, 1, this), this);
    this.turnstile = new Turnstile(concurrency);
  }

  spawn<T>(op: Operable<T>, options?: SpawnOptions): Task<T> {
    checkOptions("group.spawn()", ["name"], options);
    const task = adoptInto<T>(this.frame.needScope(), "spawn", toFrame("spawn", op, null), options?.name);
    this.turnstile.enter(task);
    return task;
  }

  start<V = void>(op: Startable<V>, options?: SpawnOptions): Operation<V> {
    checkFunction("group.start", op);
    checkOptions("group.start()", ["name"], options);
    return waiting(() => new Starting<V>(this, op, options?.name));
  }

  cancel(reason?: unknown, options?: CancelOptions): Future<void> {
    return cancelBoundary(this.frame, reason, options);
  }

  take(root: Frame, name: string | undefined): TaskNode {
    return adoptInto(this.frame.needScope(), "start", root, name);
  }

  admit(task: TaskNode): void {
    this.turnstile.enter(task);
  }

  /** A group always throws a group, so that its callers can rely on it (E2). */
  settle(outcome: Outcome): Outcome {
    if (outcome.type !== "errors") return outcome;
    const { errors } = outcome;
    const title = this.name === UNNAMED ? "Task group" : `Task group "${this.name}"`;
    const count = `${errors.length} error${errors.length === 1 ? "" : "s"}`;
    return { type: "errors", errors: [groupOf(errors, `${title} failed with ${count}`)] };
  }
}

/** How to make a group. */
export interface TaskGroupOptions {
  /** How many tasks of the group run at once, the others wait their turn in order; without a limit when left out. */
  readonly concurrency?: number;
  /** For messages and snapshots. */
  readonly name?: string;
}

/**
 * Runs a body that spawns tasks into a group, and ends when the body and all of the tasks have ended. Nothing escapes
 * it; after it `task.result()` gives each task's value.
 *
 * Cancel:  the body and all tasks are cancelled and awaited.
 * Throws:  an ExceptionGroup, always, with every failure in the order of occurrence: the first one cancels the body
 *          and the other tasks (E1), what their cleanup throws is added (E2). RangeError for a bad `concurrency`.
 * Model:   asyncio.TaskGroup, Trio nursery.
 * Pitfall: with `concurrency`, a task that waits for another one of the group that waits its turn may wait for ever.
 *
 * @param options - `concurrency`: how many of the tasks run at once, the body not counted
 * @returns what the body returns; `undefined` when the group was cancelled by its own `cancel`
 * @example yield* taskGroup(function* (group) { for (const url of urls) group.spawn(fetchOne(url)); });
 */
export function taskGroup<T>(
  body: (group: TaskGroup) => Operation<T>,
  options: TaskGroupOptions = {},
): Operation<T> {
  checkFunction("taskGroup", body);
  checkOptions("taskGroup()", ["concurrency", "name"], options);
  if (options.concurrency !== undefined) checkCount("taskGroup()", "concurrency", 1, options.concurrency);
  if (body.length > 1)
    throw misuse("BODY", "taskGroup() calls its body with the group alone. Write function* (group) { … }.");
  const { name, concurrency = Infinity } = options;
  // A group that is not cancelled gives its body's value.
  return waiting(() => new Group(body, name, concurrency).frame as Wait<T>);
}
