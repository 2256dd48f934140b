/** A program that is told to stop before it has started need not wait for servers that are out of reach. */
import { cancelScope, spawn, type Operation } from "coppice";

/**
 * Runs the body, which calls `started` when it is up. Whoever stops it then is the body's concern; a stop that comes
 * earlier cancels it, and the result is undefined.
 */
export const unlessStoppedWhileStarting = <T>(
  stop: Operation<unknown>,
  body: (started: () => void) => Operation<T>,
): Operation<T | undefined> =>
  cancelScope(function* (starting) {
    let isStarting = true;
    yield* spawn(
      function* () {
        yield* stop;
        if (isStarting) void starting.cancel("told to stop while starting");
      },
      { name: "watch over the start" },
    );
    return yield* body(() => {
      isStarting = false;
    });
  });
