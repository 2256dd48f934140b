/**
 * Waiting for promises. A promise cannot be cancelled, and a reaction cannot be taken off it: one that a cancelled wait
 * leaves behind is kept with its promise and serves the next wait, so that waiting for one promise again and again keeps
 * no more of them than ever waited at the same time.
 */
import { misuse, show } from "../errors/index.js";
import {
  answer,
  PROBE,
  refusesAwait,
  runningTask,
  Wait,
  type Operation,
  type WaitDescription,
} from "../kernel/index.js";

/** One reaction on a promise: it settles whatever wait it serves at that time. */
class Reaction {
  constructor(
    public wait: Wait<unknown> | null,
    private readonly promise: object,
  ) {}

  /** The promise has settled: whom to tell. What is idle by then will never be called again. */
  fired(): Wait<unknown> | null {
    const { wait } = this;
    this.wait = null;
    if (hasIdle) idle.delete(this.promise);
    return wait;
  }
}

const idle = new WeakMap<object, Reaction[]>();
let hasIdle = false;

class PromiseWait<T> extends Wait<T> {
  private reaction: Reaction | null = null;

  constructor(private readonly promise: PromiseLike<T>) {
    super();
  }

  begin(): void {
    const { promise } = this;
    const spare = hasIdle ? idle.get(promise)?.pop() : undefined;
    if (spare !== undefined) {
      spare.wait = this;
      this.reaction = spare;
      return;
    }
    const reaction = new Reaction(this, promise);
    this.reaction = reaction;
    promise.then(
      (value) => reaction.fired()?.succeed(value),
      (error: unknown) => reaction.fired()?.fail(error),
    );
  }

  /** A wait that is put off may be dropped before it begins: a rejection is handled then as after any cancel. */
  override next(sent?: unknown): unknown {
    // Answered here: one call more would shift every position that the probe finds (O2).
    if (sent !== undefined && sent === PROBE) {
      const reply = answer();
      return reply;
    }
    const result = super.next(sent);
    if (this.reaction === null) handle(this.promise);
    return result;
  }

  withdraw(): boolean {
    const { reaction, promise } = this;
    if (reaction === null) return true;
    reaction.wait = null;
    hasIdle = true;
    const spares = idle.get(promise);
    if (spares === undefined) idle.set(promise, [reaction]);
    else spares.push(reaction);
    return true;
  }

  describe(): WaitDescription {
    return { kind: "promise", isOutside: true };
  }
}

class Until<T> implements Operation<T> {
  constructor(private readonly promise: PromiseLike<T>) {}

  [Symbol.iterator](): ReturnType<Operation<T>[typeof Symbol.iterator]> {
    return new PromiseWait(this.promise)[Symbol.iterator]();
  }
}
refusesAwait(Until.prototype);

/**
 * Waits for a promise.
 *
 * Waits:   until it settles.
 * Cancel:  stops waiting; the work behind the promise goes on, for a promise cannot be cancelled. Use `call` with the
 *          signal it gives where the library takes one.
 * Throws:  what the promise rejects with; TypeError when given no promise.
 * Model:   await; Effection until.
 *
 * @example const body = yield* until(response.json());
 */
export function until<T>(promise: PromiseLike<T>): Operation<T> {
  if (!isThenable(promise)) {
    throw misuse(
      "NOT_A_PROMISE",
      `until() needs a promise, got ${show(promise)}. Use the value as it is, or yield* an operation.`,
    );
  }
  // A cancellation is about to land, perhaps before any wait for the promise begins.
  if (runningTask()?.interrupts) handle(promise);
  return new Until(promise);
}

function handle(promise: PromiseLike<unknown>): void {
  promise.then(undefined, () => undefined);
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === "object" || typeof value === "function") &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
