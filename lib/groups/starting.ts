import { clip, misuse } from "../errors/index.js";
import {
  CONTAINED,
  Call,
  cancelFrame,
  cancellationOf,
  errorOf,
  Frame,
  Wait,
  type Operation,
  type TaskNode,
  type WaitDescription,
  type Watcher,
} from "../kernel/index.js";

/** What a task that is started says when it is ready. */
export type Started<V> = (value: V) => void;

/** A task that says when it is ready. */
export type Startable<V> = (started: Started<V>) => Operation<unknown>;

/** Takes a task into the group, and starts it in its turn. */
export interface Taker {
  take(root: Frame, name: string | undefined): TaskNode;
  admit(task: TaskNode): void;
}

/**
 * The wait for a task to be ready.
 *
 * | state    | the task's failure goes to | `started()`          |
 * | -------- | -------------------------- | -------------------- |
 * | starting | whoever waits              | makes it the group's |
 * | started  | the group                  | is misuse            |
 * | leaving  | the cleanup of the waiter  | does nothing         |
 */
export class Starting<V> extends Wait<V> implements Watcher {
  private child: TaskNode | null = null;
  private state: "starting" | "started" | "leaving" = "starting";

  constructor(
    private readonly group: Taker,
    private readonly op: Startable<V>,
    private readonly name: string | undefined,
  ) {
    super();
  }

  begin(): void {
    const started: Started<V> = (value) => {
      this.started(value);
    };
    const child = this.group.take(new Frame(new Call(this.op, 1, started), null), this.name);
    child.mark(CONTAINED);
    this.child = child;
    child.watch(this);
    this.group.admit(child);
  }

  private started(value: V): void {
    const { child } = this;
    if (this.state === "leaving" || child?.outcome !== null) return;
    if (this.state === "started") {
      throw misuse(
        "STARTED",
        `Task "${clip(child.name)}" called started() twice. Call it once, when the task is ready.`,
        Error,
      );
    }
    this.state = "started";
    child.unwatch(this);
    child.unmark(CONTAINED);
    this.succeed(value);
  }

  ended(): void {
    const { child } = this;
    if (child?.outcome == null) return;
    const { outcome, name } = child;
    if (this.state === "leaving")
      this.left(outcome.type === "errors" ? { error: outcome.errors[0] } : undefined);
    else this.fail(outcome.type === "value" ? neverStarted(name) : errorOf(child));
  }

  withdraw(isForced: boolean): boolean {
    const { child } = this;
    if (child?.outcome !== null) return true;
    this.state = "leaving";
    const cancellation = cancellationOf(this);
    if (cancellation !== undefined) cancelFrame(child.root, cancellation);
    if (!isForced) return false;
    // Nobody waits any more: what its cleanup throws is the group's.
    child.unwatch(this);
    child.unmark(CONTAINED);
    return true;
  }

  /** Its task takes time to clean up. */
  override get canContend(): boolean {
    return false;
  }

  describe(): WaitDescription {
    return { kind: "start", on: this.child?.name ?? this.name };
  }
}

function neverStarted(name: string): Error {
  return misuse(
    "NOT_STARTED",
    `Task "${clip(name)}" ended without calling started(). Call started() when it is ready, or use group.spawn().`,
    Error,
  );
}
