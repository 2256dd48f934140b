import { describe } from "@jest/globals";
import { cancelScope, sleep, suspend, taskGroup, type Operation } from "coppice";
import { failAfter, restNoting } from "../support/doings.js";
import { stories } from "../support/story.js";

describe("Trio's nursery: cancelled", () => {
  stories([
    [
      "cancelled, cancels children of children",
      function* (note) {
        yield* taskGroup(function* (group) {
          for (const worker of ["w1", "w2"]) {
            group.spawn(
              taskGroup(function* (inner) {
                inner.spawn(restNoting(note, `${worker}-l1`));
                inner.spawn(restNoting(note, `${worker}-l2`));
              }),
            );
          }
          yield* sleep(1);
          void group.cancel();
        });
        note("quiet end");
      },
      "w2-l2@1, w2-l1@1, w1-l2@1, w1-l1@1, quiet end@1",
    ],
    [
      "cancelled by itself, ends quietly and gives no value",
      function* () {
        const value = yield* taskGroup(function* (group): Operation<string> {
          void group.cancel("enough");
          yield* suspend();
          return "value";
        });
        return typeof value;
      },
      "= undefined",
    ],
    [
      "cancelled by itself while a child crashes, reports the crash",
      function* () {
        yield* taskGroup(function* (group) {
          group.spawn(failAfter(1, "crash"));
          yield* sleep(1);
          void group.cancel();
          yield* suspend();
        });
      },
      "! [crash]",
    ],
    [
      "cancelled from outside while one child is cancelled and another one crashes: only the crash comes out",
      function* () {
        yield* cancelScope(function* (outer) {
          yield* taskGroup(function* (group) {
            group.spawn(suspend());
            group.spawn(function* () {
              void outer.cancel();
              throw new Error("crash");
            });
          });
        });
      },
      "! [crash]",
    ],
    [
      "an empty one in a cancelled scope does not hide the cancellation that lands behind it",
      function* (note) {
        yield* cancelScope(function* (scope) {
          void scope.cancel();
          yield* taskGroup(function* () {
            return undefined;
          });
          note("not reached");
        });
      },
      "",
    ],
    [
      "in a cancelled scope does not begin: entering it is a cancellation point",
      function* (note) {
        yield* cancelScope(function* (scope) {
          void scope.cancel();
          yield* taskGroup(function* () {
            note("not reached");
          });
        });
      },
      "",
    ],
  ]);
});
