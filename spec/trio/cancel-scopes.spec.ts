import { describe } from "@jest/globals";
import {
  attempt,
  cancellation,
  cancelScope,
  checkpoint,
  now,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  type CancelScope,
  type Operation,
} from "coppice";
import { restNoting } from "../support/doings.js";
import { stories } from "../support/story.js";

function* untilCancelled(scope: CancelScope): Operation<void> {
  void scope.cancel();
  yield* checkpoint();
}

describe("Trio's cancel scope: cancelling", () => {
  stories([
    [
      "lands at the next checkpoint, and not before",
      function* (note) {
        yield* cancelScope(function* (scope) {
          yield* checkpoint();
          void scope.cancel();
          note("still here");
          yield* checkpoint();
          note("not reached");
        });
        note("outside");
      },
      "still here, outside",
    ],
    [
      "lands at a wait that would be over at once",
      function* (note) {
        yield* cancelScope(function* (scope) {
          void scope.cancel();
          yield* sleep(0);
          note("not reached");
        });
      },
      "",
    ],
    [
      "lands behind a shield",
      function* (note) {
        yield* cancelScope(function* (scope) {
          void scope.cancel();
          yield* shield(checkpoint());
          note("not reached");
        });
        note(now());
      },
      "0",
    ],
    [
      "what runs in a shield is not cut",
      function* (note) {
        yield* cancelScope(function* (scope) {
          scope.deadline = 1;
          yield* shield(function* () {
            yield* sleep(5);
            note("shielded");
          });
          note("not reached");
        });
      },
      "shielded@5",
    ],
    [
      "twice is the same as once",
      function* () {
        const scope = yield* cancelScope(function* (inner) {
          void inner.cancel("first");
          void inner.cancel("second");
          yield* attempt(checkpoint());
          return inner;
        });
        return typeof scope;
      },
      "= undefined",
    ],
    [
      "tells afterwards that it was, and why",
      function* (note) {
        const held: { scope?: CancelScope } = {};
        yield* cancelScope(function* (scope) {
          held.scope = scope;
          note(scope.isCancelled);
          void scope.cancel("first");
          void scope.cancel("second");
          note(scope.isCancelled);
          yield* suspend();
        });
        note(held.scope?.wasCancelled);
        note(held.scope?.cancellation?.reason);
      },
      "false, true, true, first",
    ],
    [
      "cancelled, but ended before any checkpoint: its value is given, and nothing was cut",
      function* (note) {
        const held: { scope?: CancelScope } = {};
        const value = yield* cancelScope(function* (scope) {
          held.scope = scope;
          void scope.cancel();
          return "value";
        });
        note(value);
        note(`${held.scope?.isCancelled} ${held.scope?.wasCancelled}`);
        yield* checkpoint();
        note("outside");
      },
      "value, true false, outside",
    ],
    [
      "after its end does nothing",
      function* (note) {
        const scope = yield* cancelScope(function* (inner) {
          yield* checkpoint();
          return inner;
        });
        void scope?.cancel();
        yield* checkpoint();
        note(scope?.wasCancelled);
      },
      "false",
    ],
    [
      "cannot be caught: every later wait of the scope is cut too",
      function* (note) {
        yield* cancelScope(function* (scope) {
          void scope.cancel();
          for (let i = 0; i < 3; i++) {
            yield* attempt(sleep(1));
            note("not reached");
          }
        });
      },
      "",
    ],
    [
      "reaches every child and grandchild at once",
      function* (note) {
        yield* cancelScope(function* (scope) {
          yield* taskGroup(function* (group) {
            for (const name of ["w1", "w2"]) {
              group.spawn(
                taskGroup(function* (inner) {
                  inner.spawn(restNoting(note, `${name}-leaf`));
                }),
              );
            }
            yield* sleep(1);
            void scope.cancel();
          });
        });
      },
      "w2-leaf@1, w1-leaf@1",
    ],
    [
      "from another task",
      function* (note) {
        const held: { scope?: CancelScope } = {};
        yield* spawn(function* () {
          yield* sleep(5);
          void held.scope?.cancel();
        });
        yield* cancelScope(function* (scope) {
          held.scope = scope;
          yield* suspend();
        });
        note("outside");
      },
      "outside@5",
    ],
    [
      "what is cancelled before it waits still cleans up",
      function* (note) {
        yield* cancelScope(function* (scope) {
          try {
            yield* untilCancelled(scope);
          } finally {
            note((yield* cancellation())?.kind);
          }
        });
      },
      "cancel",
    ],
  ]);
});
