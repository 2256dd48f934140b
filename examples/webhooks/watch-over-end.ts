/** Sees to it that a program that was told to stop ends, whatever hangs. */
import { spawn, type Operation, type Task } from "coppice";

/** What closing may take on top of the grace period. */
const CLOSING_MS = 3_000;

/** Spawns the watch in the scope of whoever delegates to it. */
export function* watchOverEnd(
  stop: Operation<unknown>,
  graceMs: number,
  program: () => Task<unknown>,
): Operation<void> {
  yield* spawn(
    function* () {
      yield* stop;
      // Cuts cleanup that does not end, and fails with the names of the tasks that it belongs to. By then the grace
      // period is used up, and each farewell has had the time of its own: what is left hangs, and a grace on top would
      // go to that, and not to what waits behind it. The database loses nothing by being cut.
      setTimeout(
        () => void program().cancel("it did not end in time", { grace: 0 }),
        graceMs + CLOSING_MS,
      ).unref();
    },
    { name: "watch over the end" },
  );
}
