import { describe } from "@jest/globals";
import {
  attempt,
  cancellation,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  type Operation,
  type Task,
  type TaskGroup,
} from "coppice";
import { fail } from "../support/fail.js";
import { cancelledAfter, failAfter, restNoting, slowToEnd } from "../support/doings.js";
import { shapeOf, stories } from "../support/story.js";

describe("asyncio.TaskGroup: cancelled from outside", () => {
  const five = (body: (group: TaskGroup) => Operation<unknown>) =>
    taskGroup(function* (group) {
      for (let i = 0; i < 5; i++) group.spawn(failAfter(10, `late ${i}`));
      yield* body(group);
    });
  stories([
    [
      "passes the cancellation to every task, and waits for them",
      function* (note) {
        return yield* cancelledAfter(1, () =>
          taskGroup(function* (group) {
            for (const text of ["a", "b", "c"]) group.spawn(slowToEnd(note, text, 2));
          }),
        );
      },
      "c@3, b@3, a@3, = CancelledError",
    ],
    [
      "cancels body and tasks alike",
      function* (note) {
        return yield* cancelledAfter(1, () =>
          taskGroup(function* (group) {
            group.spawn(restNoting(note, "task"));
            yield* restNoting(note, "body")();
          }),
        );
      },
      "body@1, task@1, = CancelledError",
    ],
    [
      "before a task could fail, is nothing but a cancellation",
      () => cancelledAfter(1, () => five(() => sleep(10))),
      "= CancelledError",
    ],
    [
      "inside a group inside a group, is nothing but a cancellation",
      () => cancelledAfter(1, () => taskGroup(() => five(() => sleep(10)))),
      "= CancelledError",
    ],
    [
      "an empty group whose body waits is cancelled as well",
      (note) => cancelledAfter(1, () => taskGroup(restNoting(note, "body"))),
      "body@1, = CancelledError",
    ],
    [
      "an error that the body throws while it is cut comes as a group",
      () =>
        cancelledAfter(1, () =>
          taskGroup(function* () {
            try {
              yield* suspend();
            } finally {
              fail(new Error("mine"));
            }
          }),
        ),
      "= [mine]",
    ],
    [
      "a task that fails while the body cleans up is in the group too",
      () =>
        cancelledAfter(1, () =>
          taskGroup(function* (group) {
            group.spawn(function* () {
              try {
                yield* suspend();
              } finally {
                yield* sleep(3);
                fail(new Error("task"));
              }
            });
            try {
              yield* suspend();
            } finally {
              yield* sleep(5);
            }
          }),
        ),
      "= [task]",
    ],
    [
      "a task that has failed and a cancellation in the same turn: the failure is reported",
      function* () {
        const runner: Task<unknown> = yield* spawn(() =>
          taskGroup(function* (group) {
            group.spawn(function* () {
              yield* sleep(1);
              void runner.cancel("test");
              throw new Error("failed");
            });
            yield* suspend();
          }),
        );
        yield* suspend();
      },
      "! [failed]",
    ],
    [
      "a task of the group that cancels the one that runs the group",
      function* () {
        return yield* scoped(function* () {
          const runner: Task<unknown> = yield* spawn(() =>
            taskGroup(function* (group) {
              group.spawn(function* () {
                yield* sleep(1);
                yield* runner.cancel();
              });
              yield* suspend();
            }),
          );
          const ended = yield* attempt(runner);
          return ended.ok ? "ended" : shapeOf(ended.error);
        });
      },
      "= CancelledError",
    ],
    [
      "cleanup after a failure is not interrupted by a cancellation from outside, which lands behind it",
      function* (note) {
        return yield* cancelledAfter(2, function* () {
          yield* attempt(
            taskGroup(function* (group) {
              group.spawn(failAfter(1, "first"));
              group.spawn(slowToEnd(note, "slow", 5));
            }),
          );
          note("not reached");
        });
      },
      "slow@6, = [first]",
    ],
    [
      "the reason of the cancellation can be read in the cleanup of the tasks",
      function* (note) {
        return yield* cancelledAfter(1, () =>
          taskGroup(function* (group) {
            group.spawn(function* () {
              try {
                yield* suspend();
              } finally {
                note((yield* cancellation())?.reason);
              }
            });
          }),
        );
      },
      "test@1, = CancelledError",
    ],
  ]);
});
