import { describe } from "@jest/globals";
import { cancelScope, checkpoint, shield, sleep, suspend, type CancelScope, type Operation } from "coppice";
import { stories } from "../support/story.js";

function* untilCancelled(scope: CancelScope): Operation<void> {
  void scope.cancel();
  yield* checkpoint();
}

describe("Trio's cancel scope: nesting", () => {
  stories([
    [
      "two cancelled at the same time: the outer one takes it",
      function* (note) {
        const held: CancelScope[] = [];
        yield* cancelScope(function* (outer) {
          yield* cancelScope(function* (middle) {
            yield* cancelScope(function* (inner) {
              held.push(outer, middle, inner);
              void inner.cancel();
              void middle.cancel();
              yield* suspend();
            });
            note("not reached");
          });
          note("outer goes on");
        });
        note(held.map((scope) => `${scope.isCancelled}/${scope.wasCancelled}`));
      },
      "outer goes on, false/false,true/true,true/false",
    ],
    [
      "the outer one cuts the inner one, whose own end is quiet",
      function* (note) {
        yield* cancelScope(function* (outer) {
          yield* cancelScope(function* () {
            void outer.cancel();
            yield* checkpoint();
          });
          note("not reached");
        });
        note("outside");
      },
      "outside",
    ],
    [
      "the inner one cut, the outer one goes on",
      function* (note) {
        yield* cancelScope(function* () {
          yield* cancelScope(untilCancelled);
          yield* sleep(1);
          note("outer goes on");
        });
      },
      "outer goes on@1",
    ],
    [
      "a shield does not begin in a scope that is cancelled already",
      function* (note) {
        yield* cancelScope(function* (outer) {
          void outer.cancel();
          yield* shield(function* () {
            yield* checkpoint();
            note("protected");
            yield* cancelScope(untilCancelled);
            note("inner scope cut");
          });
        });
      },
      "",
    ],
    [
      "a shield protects from outside, and not from a scope within it",
      function* (note) {
        yield* cancelScope(function* (outer) {
          yield* shield(function* () {
            void outer.cancel();
            yield* checkpoint();
            note("protected");
            yield* cancelScope(untilCancelled);
            note("inner scope cut");
          });
          note("not reached");
        });
      },
      "protected, inner scope cut",
    ],
    [
      "cleanup is protected: a second cancellation from further out waits for it",
      function* (note) {
        yield* cancelScope(function* (outer) {
          yield* cancelScope(function* (inner) {
            try {
              yield* untilCancelled(inner);
            } finally {
              void outer.cancel();
              yield* sleep(5);
              note("cleaned up");
            }
          });
          note("not reached");
        });
        note("outside");
      },
      "cleaned up@5, outside@5",
    ],
  ]);
});
