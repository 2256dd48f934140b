import { misuse, show } from "../errors/index.js";
import { boundaryOf, Cleanup, registering, type Operation } from "../kernel/index.js";

/**
 * Registers a cleanup with the current boundary. It runs once when the boundary ends, however it ends, after
 * everything that was created later is gone (B2). It may be a `function*` and wait; it is not interrupted (C3).
 *
 * Waits:   never.
 * Cancel:  the cleanup is registered first (S5).
 * Throws:  TypeError when `cleanup` is no function. What the cleanup throws is reported by the boundary (E2).
 * Model:   Effection ensure; Python's ExitStack.callback.
 *
 * @example yield* ensure(() => until(file.close()));
 */
export function ensure(cleanup: () => unknown): Operation<void> {
  // Typed loosely for callers without types.
  if (typeof (cleanup as unknown) !== "function") {
    throw misuse(
      "NOT_A_FUNCTION",
      `ensure() needs a function or a function*, got ${show(cleanup)}. Write ensure(() => …).`,
    );
  }
  return registering((task) => {
    boundaryOf(task).needScope().link(new Cleanup(cleanup));
  });
}
