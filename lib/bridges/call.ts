import { clip, misuse, show } from "../errors/index.js";
import {
  cancellationOf,
  checkOptions,
  Wait,
  waiting,
  type Operation,
  type WaitDescription,
} from "../kernel/index.js";
import { abortReason } from "../operations/index.js";
import { abandon, type Settled } from "./abandoned.js";
import { isEcho } from "./abort-signal.js";
import { isThenable } from "./promise.js";

/** How to call. */
export interface CallOptions<T = unknown> {
  /**
   * For work that ignores its signal: a cancelled caller aborts the signal and leaves at once. The work is listed by
   * `abandonedWork()` until it settles; if it then fails, that is an unhandled rejection.
   */
  readonly abandon?: boolean;
  /**
   * Gives back what arrives after the caller was cancelled: a connection, a lock, a file. Called with the value, which
   * is dropped otherwise; the cancel waits for it.
   */
  readonly discard?: (value: T) => unknown;
  /** For messages and snapshots; the function's own name when left out. */
  readonly name?: string;
}

type Work<T> = (signal: AbortSignal) => PromiseLike<T> | T;

class Call<T> extends Wait<T> {
  private readonly controller = new AbortController();
  private leftBehind: Settled | null = null;
  private hasSettled = false;
  private isDiscarding = false;

  constructor(
    private readonly work: Work<T>,
    private readonly options: CallOptions<T>,
  ) {
    super();
  }

  begin(): void {
    const { work } = this;
    const made = work(this.controller.signal);
    if (isThenable(made)) this.follow(made);
    else if (isOperation(made)) {
      const name = work.name === "" ? "fn" : clip(work.name);
      throw misuse(
        "CALL",
        `call() needs a function that returns a promise or a value, "${name}" returned an operation. Write yield* ${name}().`,
      );
    } else this.succeed(made);
  }

  withdraw(isForced: boolean): boolean {
    const { signal } = this.controller;
    if (!signal.aborted) this.controller.abort(abortReason(cancellationOf(this)));
    // Aborting may have settled it in the same instant.
    if (this.hasSettled && !this.isDiscarding) return true;
    if (this.options.abandon !== true && !isForced) return false;
    if (this.task !== null) this.leftBehind = abandon(this.name(), this.task, cancellationOf(this));
    return true;
  }

  /** What was called takes time to end. */
  override get canContend(): boolean {
    return false;
  }

  /** It may be what the code before it sets off. */
  override get isFleeting(): boolean {
    return true;
  }

  describe(): WaitDescription {
    const name = this.name();
    return { kind: "call", on: name === "" ? undefined : name, isOutside: true };
  }

  /** A thenable may call back twice: the first time counts. */
  private follow(promise: PromiseLike<T>): void {
    promise.then(
      (value) => {
        if (this.hasSettled) return;
        this.hasSettled = true;
        if (this.controller.signal.aborted) this.drop(value);
        else this.succeed(value);
      },
      (error: unknown) => {
        if (this.hasSettled) return;
        this.hasSettled = true;
        const { signal } = this.controller;
        if (!signal.aborted) this.fail(error);
        // What rejects because it was aborted is the cancellation's own echo; anything else is an error of cleanup.
        else this.gone(isEcho(error, signal) ? undefined : { error });
      },
    );
  }

  private drop(value: T): void {
    const { discard } = this.options;
    if (discard === undefined) {
      this.gone();
      return;
    }
    this.isDiscarding = true;
    const given = async (): Promise<unknown> => await discard(value);
    given().then(
      () => {
        this.gone();
      },
      (error: unknown) => {
        this.gone({ error });
      },
    );
  }

  private gone(failure?: { readonly error: unknown }): void {
    if (this.leftBehind !== null) this.leftBehind(failure);
    else this.left(failure);
  }

  private name(): string {
    return this.options.name ?? this.work.name;
  }
}

function isOperation(made: unknown): boolean {
  return typeof made === "object" && made !== null && "next" in made && Symbol.iterator in made;
}

/**
 * Calls a function that returns a promise, and waits for it. The function gets an `AbortSignal`; pass it on to the
 * library that does the work.
 *
 * Waits:   until the promise settles; not at all for a plain value.
 * Cancel:  aborts the signal with the cancellation's reason, and waits until the promise has settled: nothing of the
 *          call is still running afterwards. With `abandon` it does not wait, and with a `grace` that ran out it stops
 *          waiting: the work is then listed by `abandonedWork()`.
 * Throws:  what the function throws or rejects with. A rejection after a cancel is the abort's echo when it is the
 *          signal's reason or an AbortError, and is reported otherwise (C5).
 * Pitfall: a value that arrives after the cancel is dropped. Where it is something to give back, say how: `discard`.
 *
 * @param work - called afresh each time
 * @example const response = yield* call((signal) => fetch(url, { signal }));
 */
export function call<T>(work: Work<T>, options: CallOptions<T> = {}): Operation<T> {
  if (typeof (work as unknown) !== "function") {
    throw misuse(
      "NOT_A_FUNCTION",
      `call() needs a function, got ${show(work)}. For a promise use until(promise).`,
    );
  }
  checkOptions("call()", ["abandon", "discard", "name"], options);
  if (options.discard !== undefined && typeof (options.discard as unknown) !== "function") {
    throw misuse("NOT_A_FUNCTION", `call() needs a function as \`discard\`, got ${show(options.discard)}.`);
  }
  return waiting(() => new Call(work, options));
}
