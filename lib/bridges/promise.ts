/**
 * Waiting for promises. A promise cannot be cancelled, and a reaction cannot be taken off it: one that a cancelled wait
 * leaves behind is kept with its promise and serves the next wait, so that waiting for one promise again and again keeps
 * no more of them than ever waited at the same time.
 *
 * P1 A reaction is on one promise at most. It goes to another one only after it has fired, and only from a native one.
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

/**
 * The two callbacks on a promise: one of them settles whatever wait they serve at that time. Native promises call one,
 * once: then they are free for any other promise. What a foreign `then` does with its callbacks nobody knows, so that
 * those given to it are never used again.
 */
class Reaction {
  wait: Wait<unknown> | null = null;
  /** The promise with which it is idle, or was. */
  idleWith: object | null = null;
  /** Whether it has another promise when this one has called. */
  isNative = false;

  readonly kept = (value: unknown): void => {
    this.fired()?.succeed(value);
  };

  readonly broken = (error: unknown): void => {
    this.fired()?.fail(error);
  };

  /** The promise has settled: whom to tell. What is idle with it by then will never be called again. */
  private fired(): Wait<unknown> | null {
    const { wait, idleWith } = this;
    this.wait = null;
    if (idleWith !== null) {
      idle.delete(idleWith);
      this.idleWith = null;
    }
    if (this.isNative) keepSpare(this);
    return wait;
  }
}

const idle = new WeakMap<object, Reaction[]>();
let hasIdle = false;
/** One that has fired, and whose callbacks no promise has. */
let spare: Reaction | null = null;

function keepSpare(reaction: Reaction): void {
  spare = reaction;
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- only compared
const nativeThen = Promise.prototype.then;

class PromiseWait<T> extends Wait<T> {
  private reaction: Reaction | null = null;

  constructor(private readonly promise: PromiseLike<T>) {
    super();
  }

  begin(): void {
    const { promise } = this;
    const waiting = hasIdle ? idle.get(promise)?.pop() : undefined;
    if (waiting !== undefined) {
      waiting.wait = this;
      this.reaction = waiting;
      return;
    }
    const reaction = spare ?? new Reaction();
    spare = null;
    reaction.wait = this;
    this.reaction = reaction;
    reaction.isNative = promise.then === nativeThen;
    promise.then(reaction.kept, reaction.broken);
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
    if (reaction?.wait !== this) return true;
    reaction.wait = null;
    reaction.idleWith = promise;
    hasIdle = true;
    const waiting = idle.get(promise);
    if (waiting === undefined) idle.set(promise, [reaction]);
    else waiting.push(reaction);
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

/** Not by the promise's own `then`: that of a query builder runs the query, each time. */
function handle(promise: PromiseLike<unknown>): void {
  try {
    void nativeThen.call(promise, undefined, () => undefined);
  } catch {
    // No promise of the host's: nothing reports its rejection.
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === "object" || typeof value === "function") &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
