import { cancellationOf, misuse, show, Wait, waiting, type Cancellation, type Operation, type WaitDescription } from "../kernel/index.js";
import { abortReason } from "./abort-signal.js";
import { isThenable } from "./promise.js";

class Call<T> extends Wait<T> {
  private readonly controller = new AbortController();

  constructor(private readonly fn: (signal: AbortSignal) => PromiseLike<T> | T) {
    super();
  }

  begin(): void {
    const made = this.fn(this.controller.signal);
    if (isThenable(made)) {
      made.then(
        (value) => {
          this.settled(() => {
            this.succeed(value);
          });
        },
        (error: unknown) => {
          this.failed(error);
        },
      );
      return;
    }
    if (typeof made === "object" && made !== null && "next" in made && Symbol.iterator in made) {
      throw misuse("CALL", `call() needs a function that returns a promise or a value, "${this.fn.name}" returned an operation. Write yield* ${this.fn.name || "fn"}().`);
    }
    this.succeed(made);
  }

  withdraw(isForced: boolean): boolean {
    if (!this.controller.signal.aborted) this.controller.abort(abortReason(this.why()));
    return isForced;
  }

  describe(): WaitDescription {
    return { kind: "call", on: this.fn.name === "" ? undefined : this.fn.name };
  }

  private settled(end: () => void): void {
    if (this.controller.signal.aborted) this.left();
    else end();
  }

  /** What rejects because it was aborted is the cancellation's own echo; anything else is an error of cleanup. */
  private failed(error: unknown): void {
    const { signal } = this.controller;
    if (!signal.aborted) this.fail(error);
    else if (error === signal.reason || isAbortError(error)) this.left();
    else this.left({ error });
  }

  private why(): Cancellation | undefined {
    return cancellationOf(this);
  }
}

function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/**
 * Calls a function that returns a promise, and waits for it. The function gets an `AbortSignal`; pass it on to the
 * library that does the work.
 *
 * Waits:   until the promise settles; not at all for a plain value.
 * Cancel:  aborts the signal with the cancellation's reason, and waits until the promise has settled: nothing of the
 *          call is still running afterwards. `until` does not wait.
 * Throws:  what the function throws or rejects with. A rejection after a cancel is the abort's echo when it is the
 *          signal's reason or an AbortError, and is reported otherwise (C5).
 *
 * @example const response = yield* call((signal) => fetch(url, { signal }));
 */
export function call<T>(fn: (signal: AbortSignal) => PromiseLike<T> | T): Operation<T> {
  if (typeof (fn as unknown) !== "function") throw misuse("NOT_A_FUNCTION", `call() needs a function, got ${show(fn)}. For a promise use until(promise).`);
  return waiting(() => new Call(fn));
}

