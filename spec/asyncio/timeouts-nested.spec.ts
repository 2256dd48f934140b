import { describe } from "@jest/globals";
import { cancelScope, checkpoint, now, sleep, suspend, taskGroup, timeout, type CancelScope } from "coppice";
import { noted } from "../support/doings.js";
import { stories, type Note } from "../support/story.js";

describe("asyncio.timeout: nested", () => {
  const nested = (note: Note, outerMs: number, innerMs: number) => () =>
    timeout(outerMs, function* () {
      yield* noted(note, "inner", timeout(innerMs, suspend()));
      yield* sleep(1_000);
    });
  stories([
    [
      "of the same deadline, the outer one reports",
      (note) => noted(note, "outer", timeout(10, nested(note, 10, 10))),
      "outer: TimeoutError@10",
    ],
    [
      "the inner one first: each reports its own",
      (note) => noted(note, "outer", nested(note, 10, 5)()),
      "inner: TimeoutError@5, outer: TimeoutError@10",
    ],
    [
      "the outer one first: the inner one says nothing",
      (note) => noted(note, "outer", nested(note, 5, 10)()),
      "outer: TimeoutError@5",
    ],
    [
      "one in the cleanup of another",
      (note) =>
        timeout(10, function* () {
          try {
            yield* suspend();
          } finally {
            yield* noted(note, "cleanup", timeout(10, suspend()));
          }
        }),
      "cleanup: TimeoutError@20, ! TimeoutError",
    ],
    [
      "one in cleanup after a cancellation by hand",
      function* (note) {
        yield* cancelScope(function* (scope) {
          try {
            void scope.cancel();
            yield* sleep(1);
          } finally {
            yield* noted(note, "cleanup", timeout(5, suspend()));
          }
        });
      },
      "cleanup: TimeoutError@5",
    ],
  ]);
});

describe("asyncio.timeout: rescheduled", () => {
  const held: { scope?: CancelScope } = {};
  stories([
    [
      "to later, to earlier, and to never",
      function* (note) {
        yield* timeout(10, function* (scope) {
          note(scope.deadline);
          scope.deadline = 30;
          note(scope.deadline);
          yield* sleep(20);
          scope.deadline = Infinity;
          note(scope.deadline);
          yield* sleep(100);
          scope.deadline = now() + 5;
          yield* suspend();
        });
      },
      "10, 30, Infinity@20, ! TimeoutError",
    ],
    [
      "to the past cancels at the next wait",
      function* (note) {
        yield* timeout(10, function* (scope) {
          yield* sleep(5);
          scope.deadline = 1;
          note("still here");
          yield* checkpoint();
          note("not reached");
        });
      },
      "still here@5, ! TimeoutError",
    ],
    [
      "by another task while it waits",
      function* (note) {
        yield* taskGroup(function* (group) {
          group.spawn(function* () {
            yield* sleep(5);
            if (held.scope !== undefined) held.scope.deadline = 20;
          });
          yield* noted(
            note,
            "waited",
            timeout(10, function* (scope) {
              held.scope = scope;
              yield* suspend();
            }),
          );
        });
      },
      "waited: TimeoutError@20",
    ],
    [
      "after its end, is an error",
      function* () {
        const scope = yield* timeout(10, function* (inner) {
          return inner;
        });
        scope.deadline = 20;
      },
      "! DEADLINE_MOVED",
    ],
    [
      "while it unwinds, is an error",
      () =>
        timeout(10, function* (scope) {
          try {
            yield* suspend();
          } finally {
            scope.deadline = 20;
          }
        }),
      "! DEADLINE_MOVED",
    ],
    [
      "when it has been cancelled, is an error",
      () =>
        timeout(10, function* (scope) {
          void scope.cancel();
          scope.deadline = 20;
        }),
      "! DEADLINE_MOVED",
    ],
    [
      "to NaN, is an error",
      () =>
        timeout(10, function* (scope) {
          scope.deadline = NaN;
        }),
      "! TIME",
    ],
  ]);
});
