import { describe } from "@jest/globals";
import {
  attempt,
  cancelScope,
  operation,
  Queue,
  sleep,
  spawn,
  suspend,
  timeout,
  withResolvers,
  type Operation,
} from "coppice";
import { fail } from "../support/fail.js";
import { failAfter, restNoting, slowToEnd, valueAfter } from "../support/doings.js";
import { shapeOf, stories } from "../support/story.js";

/** `asyncio.wait_for` of a coroutine is `timeout` of an operation; of a task it is `timeout` of waiting for the task. */
describe("asyncio.wait_for", () => {
  stories([
    ["gives the value in time", () => timeout(10, valueAfter(5, "done")), "= done"],
    ["passes the error on", () => timeout(10, failAfter(5, "own")), "! own"],
    ["without a limit waits as long as it takes", () => timeout(Infinity, valueAfter(1e6, "done")), "= done"],
    [
      "of what is there already gives it even with a limit of zero",
      function* () {
        const ready = withResolvers<string>();
        ready.resolve("done");
        return yield* timeout(0, function* () {
          const queue = new Queue<string>();
          queue.tryPut("taken");
          return queue.tryGet()?.value;
        });
      },
      "= taken",
    ],
    [
      "with a limit of zero begins, and is cut at its first wait, so that cleanup runs",
      function* (note) {
        yield* timeout(0, function* () {
          note("began");
          yield* restNoting(note, "cleaned up")();
        });
      },
      "began, cleaned up, ! TimeoutError",
    ],
    [
      "what was cancelled has ended when the error arrives",
      function* (note) {
        yield* attempt(timeout(10, slowToEnd(note, "ended", 5)));
        note("error");
      },
      "ended@15, error@15",
    ],
    [
      "with a limit of zero waits for the cleanup as well",
      function* (note) {
        yield* attempt(timeout(0, slowToEnd(note, "ended", 5)));
        note("error");
      },
      "ended@5, error@5",
    ],
    [
      "what the cleanup throws comes instead of the timeout",
      () =>
        timeout(10, function* () {
          try {
            yield* sleep(20);
          } finally {
            fail(new Error("cleanup"));
          }
        }),
      "! cleanup",
    ],
    [
      "waiting for a task that others share gives up waiting, and leaves the task alone",
      function* (note) {
        const shared = yield* spawn(valueAfter(20, "shared"));
        const ended = yield* attempt(timeout(10, shared));
        note(ended.ok ? "value" : shapeOf(ended.error));
        return yield* shared;
      },
      "TimeoutError@10, = shared",
    ],
    [
      "cancelled itself, cancels what it runs",
      function* (note) {
        const waiting = yield* spawn(timeout(60, restNoting(note, "inner cancelled")));
        yield* sleep(1);
        yield* waiting.cancel();
        note(waiting.state);
      },
      "inner cancelled@1, cancelled@1",
    ],
    [
      "cancelled itself without a limit, cancels what it runs",
      function* (note) {
        const waiting = yield* spawn(timeout(Infinity, restNoting(note, "inner cancelled")));
        yield* sleep(1);
        yield* waiting.cancel();
        note(waiting.state);
      },
      "inner cancelled@1, cancelled@1",
    ],
    [
      "a value that came in the same turn as the deadline is not lost, when it came first",
      function* () {
        const result = withResolvers<string>();
        yield* spawn(function* () {
          yield* sleep(5);
          result.resolve("ok");
        });
        return yield* timeout(10, result.operation);
      },
      "= ok",
    ],
    [
      "a cancellation in the turn in which the value arrives lands behind it",
      function* (note) {
        yield* cancelScope(function* (scope) {
          const value = yield* timeout(100, function* (): Operation<string> {
            return "value";
          });
          note(value);
          void scope.cancel();
          yield* sleep(1);
          note("not reached");
        });
      },
      "value",
    ],
    [
      "code that resists its cancellation is cut again at each wait",
      function* (note) {
        const stubborn = operation(function* () {
          for (let i = 0; i < 3; i++) {
            try {
              yield* sleep(100);
            } catch {
              note("swallowed");
            }
          }
          return 42;
        });
        yield* timeout(10, stubborn());
      },
      "! TimeoutError",
    ],
    [
      "bounds a wait for a queue, and takes no item afterwards",
      function* (note) {
        const queue = new Queue<string>();
        yield* attempt(timeout(5, queue.get()));
        queue.tryPut("kept");
        note(queue.size);
        return (yield* queue.get()).toUpperCase();
      },
      "1@5, = KEPT",
    ],
    ["a suspended task that nobody wakes is cut by it", () => timeout(5, suspend()), "! TimeoutError"],
  ]);
});
