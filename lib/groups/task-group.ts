import {
  adoptInto,
  cancelBoundary,
  checkFunction,
  checkOptions,
  ExceptionGroup,
  Frame,
  misuse,
  refusesAwait,
  start,
  toFrame,
  type Boundary,
  type CancelOptions,
  type Future,
  type Instruction,
  type Operable,
  type Operation,
  type Outcome,
  type SpawnOptions,
  type Task,
} from "../kernel/index.js";

/** A group of tasks that end together; given to the body of `taskGroup`. */
export interface TaskGroup {
  /**
   * Starts an operation as a task of the group, behind the ready tasks (S2). A plain call. Works as long as the body
   * or a task of the group runs.
   *
   * @throws Error when the group is closing or has ended; TypeError when `op` is no operation
   */
  spawn<T>(op: Operable<T>, options?: SpawnOptions): Task<T>;
  /**
   * Cancels the body and all tasks of the group; the group then ends quietly, with no value.
   *
   * @returns completes when all is gone; fails only with errors of the cleanup
   */
  cancel(reason?: unknown, options?: CancelOptions): Future<void>;
}

/** The boundary of a group, and the group itself. */
class Group implements Boundary, TaskGroup {
  readonly awaitsChildren = true;
  private readonly frame: Frame;

  constructor(
    body: (group: TaskGroup) => Operation<unknown>,
    readonly name: string | undefined,
  ) {
    this.frame = new Frame(body, [this], this);
  }

  spawn<T>(op: Operable<T>, options?: SpawnOptions): Task<T> {
    checkOptions("group.spawn()", ["name"], options);
    const task = adoptInto<T>(this.frame.needScope(), "spawn", toFrame("spawn", op, null), options?.name);
    start(task);
    return task;
  }

  cancel(reason?: unknown, options?: CancelOptions): Future<void> {
    return cancelBoundary(this.frame, reason, options);
  }

  /** A group always throws a group, so that its callers can rely on it (E2). */
  settle(outcome: Outcome): Outcome {
    if (outcome.type !== "errors") return outcome;
    const { errors } = outcome;
    const count = `${errors.length} error${errors.length === 1 ? "" : "s"}`;
    return { type: "errors", errors: [new ExceptionGroup(errors, `Task group${this.name === undefined ? "" : ` "${this.name}"`} failed with ${count}`)] };
  }

  begin(): Iterator<Instruction> {
    return this.frame[Symbol.iterator]();
  }
}

class GroupOperation<T> implements Operation<T> {
  constructor(
    private readonly body: (group: TaskGroup) => Operation<T>,
    private readonly name: string | undefined,
  ) {}

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Operation
  [Symbol.iterator](): Iterator<Instruction, T, any> {
    // A group that is not cancelled gives its body's value.
    return new Group(this.body, this.name).begin() as Iterator<Instruction, T>;
  }
}
refusesAwait(GroupOperation.prototype);

/** How to make a group. */
export interface TaskGroupOptions {
  /** For messages and snapshots. */
  readonly name?: string;
}

/**
 * Runs a body that spawns tasks into a group, and ends when the body and all of the tasks have ended. Nothing escapes
 * it; after it `task.result()` gives each task's value.
 *
 * Cancel:  the body and all tasks are cancelled and awaited.
 * Throws:  an ExceptionGroup, always, with every failure in the order of occurrence: the first one cancels the body
 *          and the other tasks (E1), what their cleanup throws is added (E2).
 * Model:   asyncio.TaskGroup, Trio nursery.
 *
 * @returns what the body returns; `undefined` when the group was cancelled by its own `cancel`
 * @example yield* taskGroup(function* (group) { for (const url of urls) group.spawn(fetchOne(url)); });
 */
export function taskGroup<T>(body: (group: TaskGroup) => Operation<T>, options?: TaskGroupOptions): Operation<T> {
  checkFunction("taskGroup", body);
  checkOptions("taskGroup()", ["name"], options);
  if (body.length > 1) throw misuse("BODY", "taskGroup() calls its body with the group alone. Write function* (group) { … }.");
  return new GroupOperation(body, options?.name);
}
