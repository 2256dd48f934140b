import { misuse } from "../errors/index.js";
import {
  CONTAINED,
  adoptInto,
  boundaryOf,
  checkFunction,
  currentTask,
  errorOf,
  isOutOfReach,
  Call,
  Frame,
  start,
  Wait,
  waiting,
  type Operation,
  type TaskNode,
  type WaitDescription,
  type Watcher,
} from "../kernel/index.js";

/** Hands the resource to whoever asked for it, and waits until it is given back. */
export type Provide<T> = (value: T) => Operation<void>;

/** The caller's wait for a resource: its body runs as a task beside the caller. */
class Acquisition<T> extends Wait<T> implements Watcher {
  private holder: TaskNode | null = null;
  private isProvided = false;
  private isLeaving = false;

  constructor(private readonly body: (provide: Provide<T>) => Operation<void>) {
    super();
  }

  begin(): void {
    const { body } = this;
    const provide: Provide<T> = (value) => waiting(() => new Provision(this, value));
    const scope = boundaryOf(currentTask()).needScope();
    const holder = adoptInto(scope, "acquire", new Frame(new Call(body, 1, provide), null), undefined, true);
    // Until it is provided its failure is the caller's to catch, not the scope's.
    holder.mark(CONTAINED);
    this.holder = holder;
    holder.watch(this);
    start(holder);
  }

  provide(value: T): void {
    const { holder } = this;
    if (holder === null || this.isProvided || isOutOfReach(currentTask())) {
      const how = this.isProvided
        ? "twice. Provide one value; it may be an object."
        : "in a shield or in cleanup: it could never be given back. Call it outside.";
      throw misuse("PROVIDED", `Resource "${this.body.name}" called provide() ${how}`, Error);
    }
    this.isProvided = true;
    holder.unwatch(this);
    holder.unmark(CONTAINED);
    holder.hold();
    this.succeed(value);
  }

  ended(): void {
    const { holder } = this;
    if (holder?.outcome == null) return;
    const { outcome } = holder;
    if (this.isLeaving) this.left(outcome.type === "errors" ? { error: outcome.errors[0] } : undefined);
    else this.fail(outcome.type === "value" ? this.notProvided() : errorOf(holder));
  }

  private notProvided(): Error {
    return misuse(
      "NOT_PROVIDED",
      `Resource "${this.body.name}" ended without calling provide(). Write yield* provide(value).`,
      Error,
    );
  }

  // Whatever cancels the caller reaches the body too, a child of the same boundary: wait for its cleanup.
  withdraw(): boolean {
    this.isLeaving = true;
    return false;
  }

  /** Its body takes time to clean up. */
  override get canContend(): boolean {
    return false;
  }

  describe(): WaitDescription {
    return { kind: "resource", on: this.body.name };
  }
}

/** The body's wait while its resource is in use; ended by being undone. */
class Provision<T> extends Wait<void> {
  constructor(
    private readonly acquisition: Acquisition<T>,
    private readonly provided: T,
  ) {
    super();
  }

  begin(): void {
    this.acquisition.provide(this.provided);
  }

  withdraw(): boolean {
    return true;
  }

  /** What was provided is in use. */
  override get canContend(): boolean {
    return false;
  }

  describe(): WaitDescription {
    return { kind: "provide" };
  }
}

/**
 * Describes something that is acquired, used by the current boundary, and given back when that boundary ends,
 * after everything that was created later (B2).
 *
 * Waits:   until the body provides.
 * Cancel:  the body is cancelled, and its cleanup awaited.
 * Throws:  what the body throws before it provides; later failures fail the boundary (E1).
 * Pitfall: `provide` waits until the resource is given back, so it is refused in a shield, which would keep it for ever.
 * Model:   Effection resource; Python's asynccontextmanager.
 *
 * @param body - acquires, calls `yield* provide(value)` once, and gives back in a `finally`
 * @example
 * const usePool = () => resource<Pool>(function* (provide) {
 *   const pool = yield* until(connect());
 *   try { yield* provide(pool); } finally { yield* until(pool.end()); }
 * });
 */
export function resource<T>(body: (provide: Provide<T>) => Operation<void>): Operation<T> {
  checkFunction("resource", body);
  return waiting(() => new Acquisition<T>(body));
}
