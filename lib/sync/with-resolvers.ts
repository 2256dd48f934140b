import { clip } from "../errors/index.js";
import { checkOptions, waiting, type Operation, type WaitDescription } from "../kernel/index.js";
import { LineWait, WaitLine } from "./wait-line.js";

/** An operation together with the functions that settle it. */
export interface WithResolvers<T> {
  /** Waits until it is settled; any number of tasks may, before and after. */
  readonly operation: Operation<T>;
  /** Gives it its value. A plain call; only the first `resolve` or `reject` counts. */
  readonly resolve: (value: T) => void;
  /** Gives it an error, which is thrown to everybody who waits for it. A plain call. */
  readonly reject: (error: unknown) => void;
}

type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

class Deferred<T> {
  readonly line = new WaitLine<DeferredWait<T>>();
  settled: Settled<T> | null = null;

  constructor(readonly name: string) {}

  settle(settled: Settled<T>): void {
    if (this.settled !== null) return;
    this.settled = settled;
    this.line.settleAll((wait) => {
      wait.take(settled);
    });
  }
}

class DeferredWait<T> extends LineWait<T> {
  constructor(private readonly deferred: Deferred<T>) {
    super();
  }

  begin(): void {
    const { settled, line } = this.deferred;
    if (settled === null) line.join(this);
    else this.take(settled);
  }

  take(settled: Settled<T>): void {
    if (settled.ok) this.succeed(settled.value);
    else this.fail(settled.error);
  }

  describe(): WaitDescription {
    return { kind: "deferred", on: this.deferred.name };
  }
}

/**
 * Makes an operation that is settled from elsewhere, once.
 *
 * Waits:   `operation` waits until `resolve` or `reject` is called.
 * Cancel:  a waiter that is cancelled leaves the others waiting.
 * Model:   Promise.withResolvers, Effection withResolvers.
 * Pitfall: an error that nobody waits for is not reported: it is a result, not a failure of a task.
 *
 * @example
 * const { operation, resolve } = withResolvers<string>();
 * emitter.once("name", resolve);
 * const name = yield* operation;
 */
export function withResolvers<T = void>(options: { readonly name?: string } = {}): WithResolvers<T> {
  checkOptions("withResolvers()", ["name"], options);
  const deferred = new Deferred<T>(clip(options.name ?? "deferred", 200));
  return {
    operation: waiting(() => new DeferredWait(deferred)),
    resolve: (value) => {
      deferred.settle({ ok: true, value });
    },
    reject: (error) => {
      deferred.settle({ ok: false, error });
    },
  };
}
