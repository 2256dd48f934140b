import { describe } from "@jest/globals";
import {
  all,
  attempt,
  cancelScope,
  checkpoint,
  now,
  operation,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  timeoutAt,
} from "coppice";
import { fail } from "../support/fail.js";
import { failAfter, noted, restNoting, slowToEnd, valueAfter } from "../support/doings.js";
import { stories } from "../support/story.js";

describe("asyncio.timeout", () => {
  stories([
    ["throws when time runs out", () => timeout(10, suspend()), "! TimeoutError"],
    ["at a time of the clock", () => timeoutAt(10, suspend()), "! TimeoutError"],
    ["gives the value when there was time enough", () => timeout(10, valueAfter(1, "ok")), "= ok"],
    ["without a limit", () => timeout(Infinity, valueAfter(1, "ok")), "= ok"],
    ["at no time at all", () => timeoutAt(Infinity, valueAfter(1, "ok")), "= ok"],
    [
      "leaves nothing behind that could go off later",
      function* (note) {
        yield* timeout(10, sleep(1));
        yield* sleep(20);
        note("fine");
      },
      "fine@21",
    ],
    ["of zero cancels at the first wait", () => timeout(0, suspend()), "! TimeoutError"],
    ["of zero cancels at a checkpoint as well", () => timeout(0, checkpoint()), "! TimeoutError"],
    [
      "of zero lets what does not wait pass",
      () =>
        timeout(0, function* () {
          return "no wait";
        }),
      "= no wait",
    ],
    [
      "in the past cancels at the first wait",
      function* () {
        yield* sleep(20);
        yield* timeoutAt(now() - 11, checkpoint());
      },
      "! TimeoutError",
    ],
    ["refuses a negative length", () => timeout(-1, suspend()), "! DURATION"],
    ["refuses NaN", () => timeout(NaN, suspend()), "! DURATION"],
    ["passes an error of what it runs", () => timeout(10, failAfter(1, "own")), "! own"],
    [
      "an error of the cleanup goes before the timeout",
      () =>
        timeout(1, function* () {
          try {
            yield* suspend();
          } finally {
            fail(new Error("cleanup"));
          }
        }),
      "! cleanup",
    ],
    [
      "the error arrives after the cleanup, however long that takes",
      function* (note) {
        yield* noted(note, "outer", timeout(1, slowToEnd(note, "cleaned up", 50)));
      },
      "cleaned up@51, outer: TimeoutError@51",
    ],
    [
      "cancels within the task, and the task goes on",
      function* (note) {
        const task = yield* spawn(function* () {
          yield* noted(note, "inner", timeout(1, suspend()));
          return "done";
        });
        note(yield* task);
        note(task.state);
      },
      "inner: TimeoutError@1, done@1, completed@1",
    ],
    [
      "a cancellation from further out is no timeout",
      function* (note) {
        yield* cancelScope(function* (scope) {
          yield* timeout(10, function* () {
            void scope.cancel();
            yield* suspend();
          });
          note("not reached");
        });
        note("outside");
      },
      "outside",
    ],
    [
      "gives another value instead of the error",
      () => timeout(1, suspend(), { otherwise: "late" }),
      "= late",
    ],
    [
      "gives undefined instead of the error when that is asked for",
      () => timeout(1, suspend(), { otherwise: undefined }),
      "",
    ],
    [
      "the other value is not given for an error",
      () => timeout(10, failAfter(1, "own"), { otherwise: "late" }),
      "! own",
    ],
    [
      "cancels a group with all its tasks",
      function* (note) {
        const group = taskGroup(function* (tasks) {
          tasks.spawn(restNoting(note, "a"));
          tasks.spawn(restNoting(note, "b"));
        });
        yield* noted(note, "group", timeout(5, group));
      },
      "b@5, a@5, group: TimeoutError@5",
    ],
    [
      "a catch inside sees nothing of it",
      function* (note) {
        yield* timeout(1, function* () {
          try {
            yield* suspend();
          } catch {
            note("caught");
          }
        });
      },
      "! TimeoutError",
    ],
    [
      "is not swallowed by a loop that tries for ever",
      function* () {
        yield* timeout(
          10,
          operation(function* () {
            for (;;) yield* attempt(failAfter(3, "again"));
          })(),
        );
      },
      "! TimeoutError",
    ],
    [
      "waits for a shield, and lands when it ends",
      function* (note) {
        yield* noted(
          note,
          "all",
          timeout(1, function* () {
            yield* shield(sleep(5));
            note("not reached");
          }),
        );
      },
      "all: TimeoutError@5",
    ],
    [
      "bounds several operations together",
      () => timeout(10, all([valueAfter(1, 1), valueAfter(2, 2)])),
      "= 1,2",
    ],
  ]);
});
