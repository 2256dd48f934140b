import { describe } from "@jest/globals";
import { cancelScope, sleep, suspend, taskGroup, timeout, type Operation, type Started } from "coppice";
import { fail } from "../support/fail.js";
import { noted } from "../support/doings.js";
import { stories } from "../support/story.js";

/** Is ready after a time, and goes on as long again. */
const readyAfter = (ms: number) =>
  function* ready(started: Started<number>): Operation<void> {
    yield* sleep(ms);
    started(ms);
    yield* sleep(ms);
  };

function failingAfter(ms: number, text: string) {
  return function* failing(): Operation<void> {
    yield* sleep(ms);
    throw new Error(text);
  };
}

describe("Trio's nursery.start", () => {
  stories([
    [
      "waits for started(), gives its value, and the group waits for the rest",
      function* (note) {
        for (const ms of [1, 2]) {
          yield* taskGroup(function* (group) {
            note(yield* group.start(readyAfter(ms)));
          });
          note("end");
        }
      },
      "1@1, end@2, 2@4, end@6",
    ],
    [
      "started() twice is an error in the child",
      function* () {
        yield* taskGroup(function* (group) {
          yield* group.start(function* (started) {
            started();
            started();
          });
        });
      },
      "! [STARTED]",
    ],
    [
      "a crash before started() comes out of start, and the group lives on",
      function* (note) {
        yield* taskGroup(function* (group) {
          yield* noted(note, "start", group.start(failingAfter(1, "oops")));
          yield* sleep(1);
          note("lives");
        });
      },
      "start: oops@1, lives@2",
    ],
    [
      "a crash after started() fails the group",
      function* () {
        yield* taskGroup(function* (group) {
          yield* group.start(function* (started) {
            started();
            yield* sleep(1);
            throw new Error("later");
          });
          yield* suspend();
        });
      },
      "! [later]",
    ],
    [
      "an end without started() is an error of start",
      function* (note) {
        yield* taskGroup(function* (group) {
          yield* noted(
            note,
            "start",
            group.start(function* () {
              yield* sleep(1);
            }),
          );
        });
      },
      "start: NOT_STARTED@1",
    ],
    [
      "what is no function that takes started is refused",
      function* () {
        yield* taskGroup(function* (group) {
          yield* group.start(sleep(1) as never);
        });
      },
      "! [NOT_A_FUNCTION]",
    ],
    [
      "cancelled before started(), cancels the child and waits for its cleanup",
      function* (note) {
        yield* taskGroup(function* (group) {
          yield* cancelScope(function* (scope) {
            scope.deadline = 5;
            yield* group.start(function* () {
              try {
                yield* suspend();
              } finally {
                yield* sleep(2);
                note("child gone");
              }
            });
          });
          note("start gone");
        });
      },
      "child gone@7, start gone@7",
    ],
    [
      "cancelled while the child calls started() in its cleanup: the value is dropped",
      function* (note) {
        yield* taskGroup(function* (group) {
          yield* cancelScope(function* (scope) {
            scope.deadline = 5;
            yield* group.start(function* (started) {
              try {
                yield* suspend();
              } finally {
                started();
                note("said so, in vain");
              }
            });
            note("not reached");
          });
          note("group goes on");
        });
      },
      "said so, in vain@5, group goes on@5",
    ],
    [
      "cancelled, the error of the child's cleanup comes out of start",
      function* () {
        yield* taskGroup(function* (group) {
          yield* timeout(
            5,
            group.start(function* () {
              try {
                yield* suspend();
              } finally {
                fail(new Error("cleanup"));
              }
            }),
          );
        });
      },
      "! [cleanup]",
    ],
    [
      "a deadline around it bounds the starting, and not the child",
      function* (note) {
        yield* taskGroup(function* (group) {
          note(yield* timeout(5, group.start(readyAfter(3))));
          yield* sleep(2);
          note("still there");
        });
        note("end");
      },
      "3@3, still there@5, end@6",
    ],
  ]);
});
