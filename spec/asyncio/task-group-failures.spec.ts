import { describe } from "@jest/globals";
import { attempt, operation, sleep, suspend, taskGroup } from "coppice";
import { fail } from "../support/fail.js";
import { failAfter, failNow, restNoting, slowToEnd } from "../support/doings.js";
import { shapeOf, stories } from "../support/story.js";

describe("asyncio.TaskGroup: when a task fails", () => {
  stories([
    [
      "cancels the others and the body, and throws a group of what failed",
      function* (note) {
        yield* taskGroup(function* (group) {
          group.spawn(failAfter(1, "zero"));
          group.spawn(restNoting(note, "sibling cancelled"));
          yield* restNoting(note, "body cancelled")();
        });
      },
      "body cancelled@1, sibling cancelled@1, ! [zero]",
    ],
    [
      "has all that fail at one and the same time, in order",
      function* () {
        yield* taskGroup(function* (group) {
          for (const text of ["a", "b", "c"]) group.spawn(failAfter(1, text));
        });
      },
      "! [a b c]",
    ],
    [
      "has all tasks that fail before any of them waits",
      function* () {
        yield* taskGroup(function* (group) {
          for (const text of ["a", "b", "c"]) group.spawn(failNow(text));
        });
      },
      "! [a b c]",
    ],
    [
      "when the body fails after a wait, cancels the tasks and throws a group of its error",
      function* (note) {
        yield* taskGroup(function* (group) {
          group.spawn(restNoting(note, "one"));
          group.spawn(restNoting(note, "two"));
          yield* sleep(1);
          throw new Error("body");
        });
      },
      "two@1, one@1, ! [body]",
    ],
    [
      "when the body fails before its tasks began, they still run to their first wait",
      function* (note) {
        yield* taskGroup(function* (group) {
          group.spawn(function* () {
            note("began");
            yield* restNoting(note, "cleaned up")();
          });
          throw new Error("body");
        });
      },
      "began, cleaned up, ! [body]",
    ],
    [
      "when body and task both fail, has both, in order",
      function* () {
        yield* taskGroup(function* (group) {
          group.spawn(failNow("task"));
          yield* sleep(0);
          throw new Error("never reached");
        });
      },
      "! [task]",
    ],
    [
      "adds what the cleanup of the others throws",
      function* () {
        yield* taskGroup(function* (group) {
          group.spawn(failAfter(1, "first"));
          group.spawn(function* () {
            try {
              yield* suspend();
            } finally {
              fail(new Error("cleanup"));
            }
          });
        });
      },
      "! [first cleanup]",
    ],
    [
      "adds what the cleanup of the body throws",
      function* () {
        yield* taskGroup(function* (group) {
          group.spawn(failAfter(1, "first"));
          try {
            yield* suspend();
          } finally {
            fail(new Error("mine"));
          }
        });
      },
      "! [first mine]",
    ],
    [
      "adds what a function that the body calls throws while it is cut",
      function* () {
        const nested = operation(function* nested() {
          try {
            yield* sleep(10);
          } finally {
            fail(new Error("nested"));
          }
        });
        yield* taskGroup(function* (group) {
          group.spawn(failAfter(1, "first"));
          yield* nested();
        });
      },
      "! [first nested]",
    ],
    [
      "waits for cleanup that takes time, and for what fails during it",
      function* (note) {
        const ended = yield* attempt(
          taskGroup(function* (group) {
            group.spawn(failAfter(1, "first"));
            group.spawn(slowToEnd(note, "slow", 20));
          }),
        );
        note(ended.ok ? "fine" : shapeOf(ended.error));
      },
      "slow@21, [first]@21",
    ],
    [
      "throws what is no Error as well, as it is",
      function* () {
        yield* taskGroup(function* (group) {
          group.spawn(function* () {
            yield* sleep(1);
            throw "just a text";
          });
        });
      },
      "! [just a text]",
    ],
    [
      "a task that fails when the body has ended fails the group",
      function* () {
        yield* taskGroup(function* (group) {
          group.spawn(failAfter(5, "late"));
        });
      },
      "! [late]",
    ],
    [
      "a task that waits for a failing one of the same group is cut, and does not see the error",
      function* (note) {
        yield* taskGroup(function* (group) {
          const failing = group.spawn(failAfter(5, "inner"));
          group.spawn(function* () {
            const seen = yield* attempt(failing);
            note(seen.ok ? "value" : "seen");
          });
        });
      },
      "! [inner]",
    ],
    [
      "a body that waits for its failing task is cut, and its catch sees nothing",
      function* (note) {
        yield* taskGroup(function* (group) {
          const failing = group.spawn(failAfter(5, "inner"));
          try {
            yield* failing;
          } catch {
            note("caught");
          }
        });
      },
      "! [inner]",
    ],
  ]);
});
