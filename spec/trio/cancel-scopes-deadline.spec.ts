import { describe } from "@jest/globals";
import {
  cancelScope,
  checkpoint,
  deadline,
  now,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  type CancelScope,
} from "coppice";
import { noted } from "../support/doings.js";
import { stories } from "../support/story.js";

describe("Trio's cancel scope: deadlines", () => {
  const held: { scope?: CancelScope } = {};
  stories([
    [
      "never, when it was given none",
      function* () {
        return yield* cancelScope(function* (scope) {
          return scope.deadline;
        });
      },
      "= Infinity",
    ],
    [
      "set and not reached, does nothing later",
      function* (note) {
        yield* cancelScope(function* (scope) {
          scope.deadline = now() + 1;
          held.scope = scope;
        });
        yield* sleep(10);
        note(held.scope?.isCancelled);
      },
      "false@10",
    ],
    [
      "reached, cuts, and tells so",
      function* (note) {
        yield* cancelScope(
          function* (scope) {
            held.scope = scope;
            yield* suspend();
          },
          { deadline: 1 },
        );
        note(`${held.scope?.isCancelled} ${held.scope?.wasCancelled} ${held.scope?.cancellation?.kind}`);
      },
      "true true deadline@1",
    ],
    [
      "moved to the past, cuts at the next checkpoint, and the one after",
      function* (note) {
        yield* cancelScope(function* (scope) {
          scope.deadline = 10;
          yield* sleep(5);
          scope.deadline = 1;
          note("still here");
          yield* checkpoint();
          note("not reached");
        });
      },
      "still here@5",
    ],
    [
      "in the past from the start, cuts at the first checkpoint",
      function* (note) {
        yield* sleep(5);
        yield* cancelScope(
          function* () {
            note("begins");
            yield* checkpoint();
            note("not reached");
          },
          { deadline: 1 },
        );
      },
      "begins@5",
    ],
    [
      "moved by another task, to later",
      function* (note) {
        yield* spawn(function* () {
          yield* sleep(4);
          if (held.scope !== undefined) held.scope.deadline = 20;
        });
        yield* cancelScope(
          function* (scope) {
            held.scope = scope;
            yield* suspend();
          },
          { deadline: 5 },
        );
        note("cut");
      },
      "cut@20",
    ],
    ...(["NaN", "soon", null] as const).map(
      (wrong) =>
        [
          `refuses ${wrong}`,
          () =>
            cancelScope(function* (scope) {
              scope.deadline = wrong === "NaN" ? NaN : (wrong as never);
            }),
          "! TIME",
        ] as const,
    ),
    [
      "the tightest one around is told by deadline()",
      function* (note) {
        note(yield* deadline());
        yield* cancelScope(
          function* () {
            yield* cancelScope(
              function* (inner) {
                note(yield* deadline());
                inner.deadline = 3;
                note(yield* deadline());
                inner.deadline = 10;
                note(yield* deadline());
                note(yield* shield(deadline()));
              },
              { deadline: 10 },
            );
          },
          { deadline: 5 },
        );
        note(yield* deadline());
      },
      "Infinity, 5, 3, 5, Infinity, Infinity",
    ],
    [
      "a child in a group has that of the group, not that of its spawner",
      function* (note) {
        yield* timeout(
          50,
          taskGroup(function* (group) {
            yield* timeout(10, function* () {
              group.spawn(function* () {
                note(yield* deadline());
              });
              note(yield* deadline());
            });
          }),
        );
      },
      "10, 50",
    ],
    [
      "of one millisecond, in a loop of checkpoints",
      function* (note) {
        yield* noted(
          note,
          "loop",
          timeout(1, function* () {
            for (;;) yield* sleep(0.25);
          }),
        );
      },
      "loop: TimeoutError@1",
    ],
  ]);
});
