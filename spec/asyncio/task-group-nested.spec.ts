import { describe } from "@jest/globals";
import { attempt, taskGroup, type TaskGroup } from "coppice";
import { failAfter, failNow, valueAfter } from "../support/doings.js";
import { shapeOf, stories } from "../support/story.js";

describe("asyncio.TaskGroup: nested", () => {
  const outerTask = (ms: number) => (group: TaskGroup) => group.spawn(failAfter(ms, "outer"));
  stories([
    [
      "the failure of an outer task cancels the inner group, and comes alone",
      function* () {
        yield* taskGroup(function* (outer) {
          outerTask(1)(outer);
          yield* taskGroup(function* (inner) {
            inner.spawn(failAfter(10, "inner"));
          });
        });
      },
      "! [outer]",
    ],
    [
      "the failure of an inner task comes as a group in the group",
      function* () {
        yield* taskGroup(function* (outer) {
          outerTask(10)(outer);
          yield* taskGroup(function* (inner) {
            inner.spawn(failAfter(1, "inner"));
          });
        });
      },
      "! [[inner]]",
    ],
    [
      "failures on both levels in the same turn keep their levels",
      function* () {
        yield* taskGroup(function* (outer) {
          outer.spawn(failNow("outer"));
          yield* taskGroup(function* (inner) {
            inner.spawn(failNow("inner"));
          });
        });
      },
      "! [outer [inner]]",
    ],
    [
      "a group inside a task of a group",
      function* () {
        yield* taskGroup(function* (outer) {
          outer.spawn(
            taskGroup(function* (inner) {
              inner.spawn(failAfter(1, "a"));
            }),
          );
          outer.spawn(
            taskGroup(function* (inner) {
              inner.spawn(failAfter(2, "b"));
            }),
          );
        });
      },
      "! [[a]]",
    ],
    [
      "an inner group that was handled lets the outer one go on",
      function* (note) {
        yield* taskGroup(function* (outer) {
          const other = outer.spawn(valueAfter(10, "other"));
          const inner = yield* attempt(
            taskGroup(function* (group) {
              group.spawn(failAfter(1, "inner"));
            }),
          );
          note(inner.ok ? "fine" : shapeOf(inner.error));
          note(yield* other);
        });
      },
      "[inner]@1, other@10",
    ],
  ]);
});
