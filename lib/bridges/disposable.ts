import { misuse, show } from "../errors/index.js";
import { boundaryOf, Cleanup, registering, type Operation } from "../kernel/index.js";
import { isThenable, until } from "./promise.js";

/**
 * Registers something that disposes of itself with the current boundary, and gives it back: it is disposed of when the
 * boundary ends, however it ends, after everything that was created later is gone (B2). JavaScript's `using`, with the
 * boundary for a block.
 *
 * Waits:   never; the end of the boundary waits for an asynchronous disposal.
 * Cancel:  it is registered first (S5): `yield* use(open())` cannot leak.
 * Throws:  TypeError when it has neither method. What disposal throws is reported by the boundary (E2).
 * Model:   Python's ExitStack.enter_context; Effection using.
 *
 * @param disposable - has `Symbol.asyncDispose`, which is preferred, or `Symbol.dispose`; `null` and `undefined` pass
 * @example const file = yield* use(yield* call(() => open("data.txt")));
 */
export function use<T extends Disposable | AsyncDisposable | null | undefined>(disposable: T): Operation<T> {
  // Typed loosely for callers without types.
  const given: unknown = disposable;
  if (given === null || given === undefined) return registering(() => disposable);
  const dispose = disposalOf(given);
  return registering((task) => {
    boundaryOf(task)
      .needScope()
      .link(
        new Cleanup(() => {
          const made = dispose();
          return isThenable(made) ? until(made) : undefined;
        }),
      );
    return disposable;
  });
}

/** The method is looked up once, when it is registered, as `using` does. */
function disposalOf(given: unknown): () => unknown {
  if ((typeof given === "object" || typeof given === "function") && given !== null) {
    const { [Symbol.asyncDispose]: later, [Symbol.dispose]: now } = given as Partial<
      AsyncDisposable & Disposable
    >;
    if (typeof later === "function") return () => later.call(given);
    if (typeof now === "function") {
      return () => {
        now.call(given);
      };
    }
  }
  throw misuse(
    "NOT_DISPOSABLE",
    `use() needs an object with Symbol.dispose or Symbol.asyncDispose, got ${show(given)}. Use ensure(() => …) for other cleanup.`,
  );
}
